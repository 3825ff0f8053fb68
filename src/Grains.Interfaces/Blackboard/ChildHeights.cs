namespace OrleansAgents.Blackboard;

/// <summary>How many values of each height an object or array holds, so that its own is known without looking at all of them. Never changes.</summary>
internal readonly struct ChildHeights
{
    // By height, and no longer than the greatest there is.
    private readonly int[]? _counts;

    private ChildHeights(int[] counts) => _counts = counts;

    /// <summary>The height of what holds them.</summary>
    public int Above => Math.Max(1, _counts?.Length ?? 0);

    public static ChildHeights Of(IEnumerable<JsonTree> children)
    {
        List<int> counts = [];
        foreach (var child in children)
        {
            while (counts.Count <= child.Height)
            {
                counts.Add(0);
            }

            counts[child.Height]++;
        }

        return new ChildHeights([.. counts]);
    }

    /// <summary>With one value more and one less; null for none.</summary>
    public ChildHeights Change(JsonTree? added, JsonTree? removed)
    {
        if (added?.Height == removed?.Height)
        {
            return this;
        }

        var counts = new int[Math.Max(_counts?.Length ?? 0, (added?.Height ?? -1) + 1)];
        _counts?.CopyTo(counts, 0);
        if (added is not null)
        {
            counts[added.Height]++;
        }

        if (removed is not null)
        {
            counts[removed.Height]--;
        }

        return new ChildHeights(counts.AsSpan().TrimEnd(0).ToArray());
    }
}
