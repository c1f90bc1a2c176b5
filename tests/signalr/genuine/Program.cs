// The reference hub on ASP.NET Core. Listens on a free port of 127.0.0.1 (or that of --port), prints its URL in a
// line, and ends with its standard input.
using System.Net.WebSockets;
using Genuine;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{builder.Configuration["port"] ?? "0"}");
builder.Services.AddSingleton<State>();
builder.Services.AddSingleton<IUserIdProvider, ProbeUserId>();
builder.Services.AddAuthentication(ProbeAuthentication.Name)
    .AddScheme<AuthenticationSchemeOptions, ProbeAuthentication>(ProbeAuthentication.Name, null);
builder.Services.AddAuthorization();
builder.Services.AddSignalR().AddMessagePackProtocol()
    .AddHubOptions<QuickHub>(options =>
    {
        options.KeepAliveInterval = TimeSpan.FromSeconds(1);
        options.ClientTimeoutInterval = TimeSpan.FromSeconds(3);
        options.HandshakeTimeout = TimeSpan.FromSeconds(2);
    })
    .AddHubOptions<DetailedHub>(options => options.EnableDetailedErrors = true)
    .AddHubOptions<ParallelHub>(options => options.MaximumParallelInvocationsPerClient = 4);

var app = builder.Build();
app.UseWebSockets();
app.UseAuthentication();
app.UseAuthorization();

app.MapHub<DefaultHub>("/hub", options => options.AllowStatefulReconnects = true);
app.MapHub<QuickHub>("/hub/quick", options =>
{
    options.AllowStatefulReconnects = true;
    options.LongPolling.PollTimeout = TimeSpan.FromSeconds(2);
});
app.MapHub<DetailedHub>("/hub/detailed");
app.MapHub<ParallelHub>("/hub/parallel");
app.MapHub<FallbackHub>("/hub/fallback", options =>
    options.Transports = HttpTransportType.ServerSentEvents | HttpTransportType.LongPolling);
app.MapHub<PollsHub>("/hub/polls", options =>
{
    options.Transports = HttpTransportType.LongPolling;
    options.LongPolling.PollTimeout = TimeSpan.FromSeconds(1);
});
app.MapHub<SocketsHub>("/hub/sockets", options => options.Transports = HttpTransportType.WebSockets);
app.MapHub<Version1Hub>("/hub/v1", options => options.MinimumProtocolVersion = 1);
app.MapHub<DeniedHub>("/hub/denied");
app.MapHub<AuthHub>("/hub/auth").RequireAuthorization();
app.MapPost("/redirect/negotiate", (HttpRequest request) => Results.Json(new
{
    url = $"{request.Scheme}://{request.Host}/hub/auth",
    accessToken = "probe.redirected",
}, contentType: "application/json"));
app.Map("/ws", Echo);

await app.StartAsync();
Console.WriteLine(app.Urls.First());
_ = Task.Run(async () =>
{
    await Console.In.ReadToEndAsync();
    Environment.Exit(0);
});
await app.WaitForShutdownAsync();

static async Task Echo(HttpContext context)
{
    if (!context.WebSockets.IsWebSocketRequest)
    {
        context.Response.StatusCode = 400;
        return;
    }
    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    var buffer = new byte[64 * 1024];
    while (true)
    {
        var received = await socket.ReceiveAsync(buffer, context.RequestAborted);
        if (received.MessageType == WebSocketMessageType.Close)
        {
            await socket.CloseAsync(received.CloseStatus ?? WebSocketCloseStatus.NormalClosure,
                received.CloseStatusDescription, CancellationToken.None);
            return;
        }
        await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage,
            context.RequestAborted);
    }
}
