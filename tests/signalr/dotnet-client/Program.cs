// The .NET client of SignalR, as it is, with a server that has the reference hub. Its arguments: the origin of the
// server, the origin of a wire to it that can be cut by a line on standard output, an encoding, a transport. Writes a
// line for each thing that it has tried, and what came of it.
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

if (args[0] == "behind")
{
    await Task.WhenAll(args.Skip(1).Chunk(2).Select(CallBehind));
    return 0;
}
var (origin, wire, encoding) = (args[0], args[1], args[2]);
var transport = Enum.Parse<HttpTransportType>(args[3]);
var clients = new List<HubConnection>();

await Try("invokes", async () =>
{
    var client = await Start("/hub");
    return $"{await client.InvokeAsync<int>("Sum", 1, 2)} {await client.InvokeAsync<string>("Echo", "é😀")} " +
        $"{await client.InvokeAsync<string>("Transport")} {(await client.InvokeAsync<string>("Big", 100_000)).Length}";
});
await Try("knows its id", async () =>
{
    var client = await Start("/hub");
    return $"{await client.InvokeAsync<string>("ConnectionId") == client.ConnectionId}";
});
await Try("sends bytes", async () =>
    Convert.ToHexString(await (await Start("/hub")).InvokeAsync<byte[]>("Bytes", new byte[] { 1, 2, 3 })));
await Try("sends in order", async () =>
{
    var client = await Start("/hub");
    var key = Guid.NewGuid().ToString();
    for (var i = 0; i < 5; i++) await client.SendAsync("Append", key, i);
    return string.Join(",", await client.InvokeAsync<int[]>("Recorded", key));
});
foreach (var (method, arguments) in new (string, object?[])[]
{
    ("Fail", ["secret"]), ("FailHub", ["told"]), ("Nobody", []), ("Sum", ["x", 1]), ("Count", [1, 0]),
})
{
    await Try($"is told why {method} fails", async () =>
    {
        await (await Start("/hub")).InvokeCoreAsync(method, arguments);
        return "it did not";
    });
}
await Try("takes a stream", async () =>
{
    var items = new List<int>();
    await foreach (var item in (await Start("/hub")).StreamAsync<int>("Count", 5, 0)) items.Add(item);
    return string.Join(",", items);
});
await Try("is told why a stream fails", async () =>
{
    await foreach (var _ in (await Start("/hub")).StreamAsync<int>("CountThenFail", 2, "no")) { }
    return "it did not";
});
await Try("cancels a stream", async () =>
{
    var client = await Start("/hub");
    var key = Guid.NewGuid().ToString();
    using var cancellation = new CancellationTokenSource();
    try
    {
        await foreach (var item in client.StreamAsync<int>("Forever", 5, key, cancellation.Token))
        {
            if (item == 3) cancellation.Cancel();
        }
    }
    catch (OperationCanceledException)
    {
    }
    return $"{await Until(() => client.InvokeAsync<bool>("Ended", key))}";
});
// Of two streams in a call, this client sometimes fails one by itself.
await Try("sends a stream", async () => await (await Start("/hub")).InvokeAsync<string>("UploadConcat", "x", Texts()));
await Try("fails a stream that it sends", async () =>
{
    await (await Start("/hub")).InvokeAsync<int>("UploadSum", Failing());
    return "it did not";
});
await Try("is called in order", async () =>
{
    var ticks = new List<int>();
    var client = await Start("/hub", prepare: it => it.On<int>("Tick", ticks.Add));
    await client.InvokeAsync<int>("Burst", 20);
    await Until(() => Task.FromResult(ticks.Count == 20));
    return string.Join(",", ticks);
});
await Try("is asked, and answers", async () =>
    await (await Start("/hub", prepare: it => it.On<string, string>("Ask", question => $"{question} me")))
        .InvokeAsync<string>("AskCaller", "who?"));
await Try("is asked, and has no answer", async () =>
    await (await Start("/hub")).InvokeAsync<string>("AskCaller", "who?"));
await Try("hears of its group and its user", async () =>
{
    var heard = new List<string>();
    var key = Guid.NewGuid().ToString();
    var ada = await Start($"/hub?user={key}", prepare: it => it.On<string>("Receive", heard.Add));
    var bob = await Start("/hub");
    await ada.InvokeAsync("Join", key);
    await bob.InvokeAsync("SendGroup", key, "group");
    await bob.InvokeAsync("SendUser", key, "user");
    await bob.InvokeAsync("SendTo", ada.ConnectionId, "connection");
    await Until(() => Task.FromResult(heard.Count == 3));
    return string.Join(",", heard);
});
await Try("sends its token", async () =>
    await (await Start("/hub/auth", token: "probe.ada")).InvokeAsync<string>("UserId"));
await Try("is refused without a token", async () =>
{
    await Start("/hub/auth");
    return "it was not";
});
await Try("follows a redirect", async () => await (await Start("/redirect")).InvokeAsync<string>("UserId"));
await Try("is closed by the server", async () =>
{
    var closed = new TaskCompletionSource<string>();
    var client = await Start("/hub", prepare: it => it.Closed += error =>
    {
        closed.SetResult(error?.Message ?? "without an error");
        return Task.CompletedTask;
    });
    await client.SendAsync("Abort");
    return await closed.Task;
});
await Try("leaves", async () =>
{
    var key = Guid.NewGuid().ToString();
    await (await Start($"/hub?key={key}")).StopAsync();
    var watch = await Start("/hub");
    return $"{await Until(async () => (await watch.InvokeAsync<object[]>("Lifecycle", key))[1]?.ToString() == "1")}";
});
// A poll that was cut is sent again by the HTTP client, so that the connection goes on, or not.
if (transport != HttpTransportType.LongPolling) await Try("connects again when the wire is cut", async () =>
{
    var back = new TaskCompletionSource<string?>();
    var client = await Start("/hub", from: wire, prepare: it => it.Reconnected += id =>
    {
        back.SetResult(id);
        return Task.CompletedTask;
    });
    var before = client.ConnectionId;
    Console.WriteLine("cut");
    return $"{await back.Task != before} {await client.InvokeAsync<int>("Sum", 1, 2)}";
});
if (transport == HttpTransportType.WebSockets) await Try("loses and doubles nothing while the wire is cut", async () =>
{
    var (messages, burst) = (1_000, 50);
    var ticks = new List<int>();
    var key = Guid.NewGuid().ToString();
    var client = await Start($"/hub?key={key}", from: wire, stateful: true, prepare: it => it.On<int>("Tick", ticks.Add));
    var before = client.ConnectionId;
    var sending = Task.Run(async () =>
    {
        for (var i = 0; i < messages; i++)
        {
            await client.SendAsync("Append", key, i);
            if (i % 10 == 0) await Task.Delay(5);
        }
    });
    for (var told = 0; told < messages; told += burst)
    {
        await client.InvokeAsync<int>("Burst", burst);
        if (told % 200 == 0) Console.WriteLine("cut");
        await Task.Delay(50);
    }
    await sending;
    var recorded = await client.InvokeAsync<int[]>("Recorded", key);
    return $"{recorded.SequenceEqual(Enumerable.Range(0, messages))} " +
        $"{ticks.SequenceEqual(Enumerable.Range(0, messages).Select(i => i % burst))} {client.ConnectionId == before}";
});
foreach (var client in clients) await client.DisposeAsync();
return 0;

async Task<HubConnection> Start(string path, string? from = null, string? token = null, bool stateful = false, Action<HubConnection>? prepare = null)
{
    var builder = new HubConnectionBuilder().WithUrl((from ?? origin) + path, transport, options =>
    {
        if (token is not null) options.AccessTokenProvider = () => Task.FromResult<string?>(token);
    });
    if (encoding == "messagepack") builder.AddMessagePackProtocol();
    if (stateful) builder.WithStatefulReconnect();
    builder.WithAutomaticReconnect([TimeSpan.Zero, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)]);
    var client = builder.Build();
    clients.Add(client);
    prepare?.Invoke(client);
    await client.StartAsync();
    return client;
}

// With the transports that it chooses, and then, if it could not start, with those that are left.
static async Task CallBehind(string[] proxy)
{
    const HttpTransportType streamed = HttpTransportType.ServerSentEvents | HttpTransportType.LongPolling;
    foreach (var transports in new[] { HttpTransportType.WebSockets | streamed, streamed, HttpTransportType.LongPolling })
    {
        var isOver = false;
        await Try($"{proxy[0]}, {transports}", async () =>
        {
            var builder = new HubConnectionBuilder().WithUrl($"{proxy[1]}/hub", transports);
            await using var client = builder.Build();
            client.HandshakeTimeout = TimeSpan.FromSeconds(3);
            await client.StartAsync();
            isOver = true;
            return await client.InvokeAsync<string>("Transport");
        });
        if (isOver) return;
    }
}

static async Task Try(string what, Func<Task<string>> attempt)
{
    string outcome;
    try
    {
        outcome = await attempt().WaitAsync(TimeSpan.FromSeconds(20));
    }
    catch (Exception error)
    {
        // Some texts have a stack trace behind them.
        outcome = $"{error.GetType().Name}: {error.Message.Split('\n')[0]}";
    }
    Console.WriteLine($"{what}: {outcome}");
}

static async Task<bool> Until(Func<Task<bool>> isSo)
{
    for (var i = 0; i < 200; i++)
    {
        if (await isSo()) return true;
        await Task.Delay(25);
    }
    return false;
}

static async IAsyncEnumerable<string> Texts()
{
    await Task.Yield();
    yield return "a";
    yield return "b";
}

static async IAsyncEnumerable<int> Failing([EnumeratorCancellation] CancellationToken cancellation = default)
{
    await Task.Delay(1, cancellation);
    yield return 1;
    throw new InvalidOperationException("mine");
}
