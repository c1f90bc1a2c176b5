// The hub of the benchmark on ASP.NET Core, or with the word `echo` an echo on its WebSockets. Its address is the last word of the line that it writes when it is ready.
using System.Net.WebSockets;
using Microsoft.AspNetCore.SignalR;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddSignalR().AddMessagePackProtocol();
builder.Services.AddSingleton<Turns>();
var app = builder.Build();
if (args.Contains("echo"))
{
    app.UseWebSockets(new() { KeepAliveInterval = TimeSpan.FromSeconds(10) });
    app.Map("/ws", Echo);
}
else app.MapHub<BenchHub>("/ws");
app.MapPost("/broadcast", (Broadcast broadcast, Turns turns) => turns.Start(broadcast));
await app.StartAsync();
Console.WriteLine($"ready {app.Urls.First()}");
await app.WaitForShutdownAsync();

// Whole messages, as the other servers have them.
static async Task Echo(HttpContext context)
{
    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    var buffer = new byte[1024 * 4];
    var count = 0;
    while (true)
    {
        var received = await socket.ReceiveAsync(buffer.AsMemory(count), CancellationToken.None);
        if (received.MessageType == WebSocketMessageType.Close) break;
        count += received.Count;
        if (received.EndOfMessage)
        {
            await socket.SendAsync(buffer.AsMemory(0, count), received.MessageType, true, CancellationToken.None);
            count = 0;
        }
        else if (count == buffer.Length) Array.Resize(ref buffer, 2 * count);
    }
    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
}

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
