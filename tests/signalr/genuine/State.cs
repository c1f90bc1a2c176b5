using System.Collections.Concurrent;

namespace Genuine;

/// <summary>What is named by a key. All hubs of the process share it.</summary>
public sealed class State
{
    private readonly ConcurrentDictionary<string, Keyed> _keys = new();

    public Keyed this[string key] => _keys.GetOrAdd(key, _ => new Keyed());
}

/// <summary>What one key names. Whoever reads or writes it holds its lock.</summary>
public sealed class Keyed
{
    public int Connected;
    public int Disconnected;
    public string? LastError;
    public bool Ended;
    public int Produced;
    public int Overlapping;
    public int MostOverlapping;
    public readonly List<int> Recorded = [];
}
