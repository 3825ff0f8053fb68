using OrleansAgents.Messaging;

namespace OrleansAgents.Blackboard;

/// <summary>
/// Finds the operations that make one value of another. Items of arrays are compared from both ends, so what was inserted
/// or removed in one place is found as that.
/// </summary>
internal sealed class JsonDifference
{
    // The names and marks of an operation, roughly.
    private const int OperationBytes = 32;

    private readonly List<JsonPatchOperation> _operations = [];
    private long _left;

    private JsonDifference(long most) => _left = most;

    private bool IsOver => _left < 0;

    /// <summary>The operations; one that replaces the whole where others would take more bytes than <paramref name="most"/>.</summary>
    public static IReadOnlyList<JsonPatchOperation> Find(JsonTree from, JsonTree to, long most)
    {
        var found = new JsonDifference(most);
        found.Compare("", from, to);
        return found.IsOver ? [JsonPatchOperation.Replace("", to.ToElement())] : found._operations;
    }

    private void Compare(string path, JsonTree from, JsonTree to)
    {
        if (IsOver || ReferenceEquals(from, to))
        {
            return;
        }

        if (from is JsonMembers members && to is JsonMembers others)
        {
            Compare(path, members, others);
        }
        else if (from is JsonItems items && to is JsonItems otherItems)
        {
            Compare(path, items, otherItems);
        }
        else if (!from.HasValueOf(to))
        {
            Put("replace", path, to);
        }
    }

    private void Compare(string path, JsonMembers from, JsonMembers to)
    {
        foreach (var (name, old) in from.Members)
        {
            if (to.Find(name) is not { } value)
            {
                Remove(JsonPointer.Append(path, name));
            }
            else if (!ReferenceEquals(old, value))
            {
                Compare(JsonPointer.Append(path, name), old, value);
            }
        }

        foreach (var (name, value) in to.Members)
        {
            if (from.Find(name) is null)
            {
                Put("add", JsonPointer.Append(path, name), value);
            }
        }
    }

    private void Compare(string path, JsonItems from, JsonItems to)
    {
        var (old, items) = (from.Items, to.Items);
        var shorter = Math.Min(old.Count, items.Count);
        var start = old.Zip(items).TakeWhile(pair => pair.First.HasValueOf(pair.Second)).Count();
        var end = 0;
        while (end < shorter - start && old[old.Count - 1 - end].HasValueOf(items[items.Count - 1 - end]))
        {
            end++;
        }

        var changed = shorter - start - end;
        for (var i = start; i < start + changed; i++)
        {
            Compare(JsonPointer.Append(path, i), old[i], items[i]);
        }

        // From behind, so that no place moves before its turn.
        for (var i = old.Count - end - 1; i >= start + changed && !IsOver; i--)
        {
            Remove(JsonPointer.Append(path, i));
        }

        for (var i = start + changed; i < items.Count - end; i++)
        {
            Put("add", JsonPointer.Append(path, i), items[i]);
        }
    }

    private void Remove(string path)
    {
        if (Afford(path.Length))
        {
            _operations.Add(JsonPatchOperation.Remove(path));
        }
    }

    private void Put(string operation, string path, JsonTree value)
    {
        if (Afford(path.Length + value.Size))
        {
            _operations.Add(new JsonPatchOperation(operation, path) { Value = value.ToElement() });
        }
    }

    private bool Afford(long bytes)
    {
        _left -= IsOver ? 0 : bytes + OperationBytes;
        return !IsOver;
    }
}
