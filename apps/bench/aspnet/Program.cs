// The hub of the benchmark on ASP.NET Core. Its address is the last word of the line that it writes when it is ready.
using Microsoft.AspNetCore.SignalR;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddSignalR().AddMessagePackProtocol();
builder.Services.AddSingleton<Turns>();
var app = builder.Build();
app.MapHub<BenchHub>("/ws");
app.MapPost("/broadcast", (Broadcast broadcast, Turns turns) => turns.Start(broadcast));
await app.StartAsync();
Console.WriteLine($"ready {app.Urls.First()}");
await app.WaitForShutdownAsync();

record Broadcast(string[] Messages, int Together, double? PerSecond);

class BenchHub(Turns turns) : Hub
{
    public override Task OnConnectedAsync() => Groups.AddToGroupAsync(Context.ConnectionId, Turns.Group);
    public string Echo(string text) => text;
    public byte[] EchoBytes(byte[] bytes) => bytes;
    public void Arrived() => turns.Arrived();
}

class Turns(IHubContext<BenchHub> hub)
{
    public const string Group = "all";
    Broadcast broadcast = new([], 0, 0);
    int count;
    readonly SemaphoreSlim next = new(0);

    public void Start(Broadcast given)
    {
        broadcast = given;
        _ = Task.Run(Run);
    }

    public void Arrived() => next.Release();

    async Task Run()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var turn = 1; ; turn++)
        {
            // As the other servers do, a turn does not wait for those who read slowly.
            for (var left = broadcast.Together; left > 0; left--)
                _ = hub.Clients.Group(Group).SendAsync("m", broadcast.Messages[count++ % broadcast.Messages.Length]);
            if (broadcast.PerSecond is not { } rate) await next.WaitAsync();
            else
            {
                var wait = TimeSpan.FromSeconds(turn / rate) - clock.Elapsed;
                if (wait > TimeSpan.Zero) await Task.Delay(wait);
            }
        }
    }
}
