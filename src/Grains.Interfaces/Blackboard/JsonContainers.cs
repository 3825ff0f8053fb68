using System.Buffers;
using System.Collections.Immutable;

namespace OrleansAgents.Blackboard;

/// <summary>An object.</summary>
internal sealed class JsonMembers : JsonTree
{
    private readonly long _inner;
    private readonly ChildHeights _heights;

    private JsonMembers(ImmutableSortedDictionary<string, JsonTree> members, long inner, ChildHeights heights) =>
        (Members, _inner, _heights) = (members, inner, heights);

    public static JsonMembers Empty { get; } = new(ImmutableSortedDictionary.Create<string, JsonTree>(StringComparer.Ordinal), 0, default);

    /// <summary>The members in the order of their names' UTF-16 units, which is the canonical one.</summary>
    public ImmutableSortedDictionary<string, JsonTree> Members { get; }

    // Braces, and a comma between any two.
    public override long Size => 2 + _inner + Math.Max(0, Members.Count - 1);

    public override int Height => _heights.Above;

    /// <exception cref="Security.CanonicalJsonException">A name has half of a surrogate pair.</exception>
    public static JsonMembers Of(IEnumerable<KeyValuePair<string, JsonTree>> members)
    {
        var all = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, members);
        return new JsonMembers(all, all.Sum(m => SizeOf(m.Key, m.Value)), ChildHeights.Of(all.Values));
    }

    public override JsonTree? Find(string step) => Members.GetValueOrDefault(step);

    public override JsonTree Replace(string step, JsonTree value) => With(step, value);

    /// <summary>The same object with a member more, or with another value for it.</summary>
    /// <exception cref="Security.CanonicalJsonException">The name has half of a surrogate pair.</exception>
    public JsonMembers With(string name, JsonTree value)
    {
        var old = Members.GetValueOrDefault(name);
        return new JsonMembers(
            Members.SetItem(name, value), _inner + SizeOf(name, value) - (old is null ? 0 : SizeOf(name, old)), _heights.Change(value, old));
    }

    /// <summary>The same object without a member that it has.</summary>
    public JsonMembers Without(string name)
    {
        var old = Members[name];
        return new JsonMembers(Members.Remove(name), _inner - SizeOf(name, old), _heights.Change(added: null, old));
    }

    public override bool HasValueOf(JsonTree other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        return other is JsonMembers members && members.Members.Count == Members.Count
            && Members.Zip(members.Members).All(pair => pair.First.Key == pair.Second.Key && pair.First.Value.HasValueOf(pair.Second.Value));
    }

    public override void WriteTo(IBufferWriter<byte> output)
    {
        var before = "{"u8;
        foreach (var (name, value) in Members)
        {
            output.Write(before);
            output.Write(Quote(name));
            output.Write(":"u8);
            value.WriteTo(output);
            before = ","u8;
        }

        output.Write(Members.IsEmpty ? "{}"u8 : "}"u8);
    }

    private static long SizeOf(string name, JsonTree value) => Quote(name).Length + 1 + value.Size;
}

/// <summary>An array.</summary>
internal sealed class JsonItems : JsonTree
{
    private readonly long _inner;
    private readonly ChildHeights _heights;

    private JsonItems(ImmutableList<JsonTree> items, long inner, ChildHeights heights) => (Items, _inner, _heights) = (items, inner, heights);

    public ImmutableList<JsonTree> Items { get; }

    // Brackets, and a comma between any two.
    public override long Size => 2 + _inner + Math.Max(0, Items.Count - 1);

    public override int Height => _heights.Above;

    public static JsonItems Of(IEnumerable<JsonTree> items)
    {
        ImmutableList<JsonTree> all = [.. items];
        return new JsonItems(all, all.Sum(i => i.Size), ChildHeights.Of(all));
    }

    public override JsonTree? Find(string step) => TryRead(step, Items.Count - 1, out var index) ? Items[index] : null;

    public override JsonTree Replace(string step, JsonTree value) => TryRead(step, Items.Count - 1, out var index)
        ? new JsonItems(Items.SetItem(index, value), _inner + value.Size - Items[index].Size, _heights.Change(value, Items[index]))
        : base.Replace(step, value);

    /// <summary>The same array with an item more before the one that is at a place, or behind the last; null for another place.</summary>
    public JsonItems? TryInsert(string step, JsonTree value) => step == Messaging.JsonPointer.End ? Insert(Items.Count, value)
        : TryRead(step, Items.Count, out var index) ? Insert(index, value)
        : null;

    /// <summary>The same array without the item at a place that there is.</summary>
    public JsonItems Without(string step) => TryRead(step, Items.Count - 1, out var index)
        ? new JsonItems(Items.RemoveAt(index), _inner - Items[index].Size, _heights.Change(added: null, Items[index]))
        : throw new InvalidOperationException("There is no such item.");

    public override bool HasValueOf(JsonTree other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        return other is JsonItems items && items.Items.Count == Items.Count
            && Items.Zip(items.Items).All(pair => pair.First.HasValueOf(pair.Second));
    }

    public override void WriteTo(IBufferWriter<byte> output)
    {
        var before = "["u8;
        foreach (var item in Items)
        {
            output.Write(before);
            item.WriteTo(output);
            before = ","u8;
        }

        output.Write(Items.IsEmpty ? "[]"u8 : "]"u8);
    }

    private JsonItems Insert(int index, JsonTree value) => new(Items.Insert(index, value), _inner + value.Size, _heights.Change(value, removed: null));

    private static bool TryRead(string step, int last, out int index) => Messaging.JsonPointer.TryReadIndex(step, out index) && index <= last;
}
