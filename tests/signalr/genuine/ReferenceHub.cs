using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Connections.Features;
using Microsoft.AspNetCore.SignalR;

namespace Genuine;

// Each endpoint has options of its own, and those belong to the type of its hub.
public sealed class DefaultHub(State state, IHubContext<DefaultHub> outside) : ReferenceHub<DefaultHub>(state, outside);
public sealed class QuickHub(State state, IHubContext<QuickHub> outside) : ReferenceHub<QuickHub>(state, outside);
public sealed class DetailedHub(State state, IHubContext<DetailedHub> outside) : ReferenceHub<DetailedHub>(state, outside);
public sealed class ParallelHub(State state, IHubContext<ParallelHub> outside) : ReferenceHub<ParallelHub>(state, outside);
public sealed class FallbackHub(State state, IHubContext<FallbackHub> outside) : ReferenceHub<FallbackHub>(state, outside);
public sealed class PollsHub(State state, IHubContext<PollsHub> outside) : ReferenceHub<PollsHub>(state, outside);
public sealed class SocketsHub(State state, IHubContext<SocketsHub> outside) : ReferenceHub<SocketsHub>(state, outside);
public sealed class Version1Hub(State state, IHubContext<Version1Hub> outside) : ReferenceHub<Version1Hub>(state, outside);
public sealed class AuthHub(State state, IHubContext<AuthHub> outside) : ReferenceHub<AuthHub>(state, outside);

public sealed class DeniedHub(State state, IHubContext<DeniedHub> outside) : ReferenceHub<DeniedHub>(state, outside)
{
    public override async Task OnConnectedAsync()
    {
        await base.OnConnectedAsync();
        throw new HubException("denied");
    }
}

/// <summary>One hub, to be served by two servers and compared.</summary>
public abstract class ReferenceHub<THub>(State state, IHubContext<THub> outside) : Hub where THub : Hub
{
    public override Task OnConnectedAsync()
    {
        if (Key() is { } key) lock (state[key]) state[key].Connected++;
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        if (Key() is { } key)
        {
            lock (state[key])
            {
                state[key].Disconnected++;
                state[key].LastError = exception?.Message;
            }
        }
        return Task.CompletedTask;
    }

    private string? Key() => Query("key");

    // Values

    public object? Echo(object? value) => value;
    public object?[] EchoMany(object? a, object? b, object? c) => [a, b, c];
    public int Sum(int a, int b) => a + b;
    public void Nothing() { }
    public byte[] Bytes(byte[] data) => data.Reverse().ToArray();
    public string Big(int size) => new('x', size);

    public async Task<string> Delay(int ms, string tag)
    {
        await Task.Delay(ms);
        return tag;
    }

    // Errors

    public void Fail(string message) => throw new InvalidOperationException(message);
    public void FailHub(string message) => throw new HubException(message);

    // Streams to the client

    public async IAsyncEnumerable<int> Count(int n, int delayMs)
    {
        for (var i = 0; i < n; i++)
        {
            await Task.Delay(delayMs);
            yield return i;
        }
    }

    public async IAsyncEnumerable<int> CountThenFail(int n, string message)
    {
        for (var i = 0; i < n; i++)
        {
            await Task.Yield();
            yield return i;
        }
        throw message.StartsWith("plain:") ? new InvalidOperationException(message) : new HubException(message);
    }

    public IAsyncEnumerable<int> FailStream(string message) => throw new HubException(message);

    public async IAsyncEnumerable<int> Forever(int delayMs, string key, [EnumeratorCancellation] CancellationToken cancelled)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                await Task.Delay(delayMs, cancelled);
                yield return i;
            }
        }
        finally
        {
            lock (state[key]) state[key].Ended = true;
        }
    }

    public bool Ended(string key)
    {
        lock (state[key]) return state[key].Ended;
    }

    public async IAsyncEnumerable<string> Flood(int size, string key, [EnumeratorCancellation] CancellationToken cancelled)
    {
        while (!cancelled.IsCancellationRequested)
        {
            await Task.Yield();
            lock (state[key]) state[key].Produced++;
            yield return new string('x', size);
        }
    }

    public int Produced(string key)
    {
        lock (state[key]) return state[key].Produced;
    }

    // Streams from the client

    public async Task<int> UploadSum(IAsyncEnumerable<int> numbers)
    {
        var sum = 0;
        await foreach (var number in numbers) sum += number;
        return sum;
    }

    public async Task<string> UploadConcat(string prefix, IAsyncEnumerable<string> texts)
    {
        await foreach (var text in texts) prefix += text;
        return prefix;
    }

    public async Task<string> UploadTwo(IAsyncEnumerable<int> a, IAsyncEnumerable<string> b)
    {
        var sum = await UploadSum(a);
        return await UploadConcat($"{sum}:", b);
    }

    public async Task<int> UploadSome(int n, IAsyncEnumerable<int> numbers)
    {
        var (count, sum) = (0, 0);
        await foreach (var number in numbers)
        {
            sum += number;
            if (++count >= n) break;
        }
        return sum;
    }

    public async IAsyncEnumerable<object?> EchoStream(IAsyncEnumerable<object?> items)
    {
        await foreach (var item in items) yield return item;
    }

    // Client results

    public Task<string> AskCaller(string question) =>
        Clients.Caller.InvokeAsync<string>("Ask", question, CancellationToken.None);

    public Task<string> AskConnection(string id, string question) =>
        Clients.Client(id).InvokeAsync<string>("Ask", question, CancellationToken.None);

    // Messages to clients

    public Task Broadcast(string tag) => Clients.All.SendAsync("Receive", tag);
    public Task BroadcastOthers(string tag) => Clients.Others.SendAsync("Receive", tag);
    public Task SendExcept(string[] ids, string tag) => Clients.AllExcept(ids).SendAsync("Receive", tag);
    public Task SendTo(string id, string tag) => Clients.Client(id).SendAsync("Receive", tag);
    public Task SendToMany(string[] ids, string tag) => Clients.Clients(ids).SendAsync("Receive", tag);
    public Task SendUser(string user, string tag) => Clients.User(user).SendAsync("Receive", tag);
    public Task SendUsers(string[] users, string tag) => Clients.Users(users).SendAsync("Receive", tag);
    public Task Join(string group) => Groups.AddToGroupAsync(Context.ConnectionId, group);
    public Task Leave(string group) => Groups.RemoveFromGroupAsync(Context.ConnectionId, group);
    public Task SendGroup(string group, string tag) => Clients.Group(group).SendAsync("Receive", tag);
    public Task SendGroups(string[] groups, string tag) => Clients.Groups(groups).SendAsync("Receive", tag);
    public Task SendOthersInGroup(string group, string tag) => Clients.OthersInGroup(group).SendAsync("Receive", tag);

    public Task SendGroupExcept(string group, string[] ids, string tag) =>
        Clients.GroupExcept(group, ids).SendAsync("Receive", tag);

    public void Outside(int ms, string tag)
    {
        var id = Context.ConnectionId;
        _ = Task.Run(async () =>
        {
            await Task.Delay(ms);
            await outside.Clients.Client(id).SendAsync("Receive", tag);
        });
    }

    public async Task<int> Burst(int n)
    {
        for (var i = 0; i < n; i++) await Clients.Caller.SendAsync("Tick", i);
        return n;
    }

    // Order

    public void Append(string key, int i)
    {
        lock (state[key]) state[key].Recorded.Add(i);
    }

    public int[] Recorded(string key)
    {
        lock (state[key]) return [.. state[key].Recorded];
    }

    public async Task<int> Overlap(int ms, string key)
    {
        var keyed = state[key];
        int running;
        lock (keyed)
        {
            running = ++keyed.Overlapping;
            keyed.MostOverlapping = Math.Max(running, keyed.MostOverlapping);
        }
        await Task.Delay(ms);
        lock (keyed) keyed.Overlapping--;
        return running;
    }

    public int MaxOverlap(string key)
    {
        lock (state[key]) return state[key].MostOverlapping;
    }

    // The connection

    public string ConnectionId() => Context.ConnectionId;
    public string? UserId() => Context.UserIdentifier;
    public string? Transport() => Context.Features.Get<IHttpTransportFeature>()?.TransportType.ToString();
    public string? Header(string name) => (string?)Context.GetHttpContext()?.Request.Headers[name];
    public string? Query(string name) => (string?)Context.GetHttpContext()?.Request.Query[name];
    public void Remember(string name, object? value) => Context.Items[name] = value;
    public object? Recall(string name) => Context.Items.TryGetValue(name, out var value) ? value : null;

    public object?[] Lifecycle(string key)
    {
        lock (state[key]) return [state[key].Connected, state[key].Disconnected, state[key].LastError];
    }

    public void Abort() => Context.Abort();
}
