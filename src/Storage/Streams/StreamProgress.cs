namespace OrleansAgents.Streams;

/// <summary>How far the consumers of a partition's streams have come: what its cache knows and its receiver saves.</summary>
internal sealed class StreamProgress
{
    private long _reached;

    /// <summary>The place up to which every event has been delivered, or given up.</summary>
    public long Reached
    {
        get => Interlocked.Read(ref _reached);
        set
        {
            if (value > Reached)
            {
                Interlocked.Exchange(ref _reached, value);
            }
        }
    }
}
