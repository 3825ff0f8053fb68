using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Blackboard;

/// <summary>Applies the operations of a patch one after the other, each to what the one before left.</summary>
internal sealed class JsonPatchRun(JsonTree document, JsonPatchLimits limits)
{
    private JsonTree _document = document;

    /// <summary>The document as far as it is.</summary>
    public JsonTree Document => _document;

    /// <exception cref="JsonPatchException">An operation does not apply.</exception>
    public static JsonTree Apply(JsonTree document, IReadOnlyList<JsonPatchOperation> patch, JsonPatchLimits limits)
    {
        var run = new JsonPatchRun(document, limits);
        for (var i = 0; i < patch.Count; i++)
        {
            run.Apply(patch[i], i);
        }

        return run.Document;
    }

    /// <summary>Applies one operation, and gives it back as it is best written: with nothing it has no use for, and its value in canonical form.</summary>
    /// <exception cref="JsonPatchException">It does not apply.</exception>
    public JsonPatchOperation Apply(JsonPatchOperation operation, int index)
    {
        try
        {
            var done = Apply(operation);
            Check();
            return done;
        }
        catch (Exception e) when (e is JsonPatchException or CanonicalJsonException)
        {
            var code = e is JsonPatchException fault ? fault.Code : RefusalCodes.MalformedJson;
            var path = operation?.Path;
            var what = operation is null ? "" : $" ({PlainText.Show(operation.Op, PlainText.Quoted)} '{PlainText.Show(path, PlainText.Quoted)}')";
            throw new JsonPatchException(code, $"Operation {index}{what}: {e.Message}", index, path);
        }
    }

    private JsonPatchOperation Apply(JsonPatchOperation? operation)
    {
        if (operation is null)
        {
            throw Bad("It is null.");
        }

        var path = Parse(operation.Path, "path");
        switch (operation.Op)
        {
            case "add":
                _document = Put(path, ReadValue(operation, out var added), replaces: false);
                return added;
            case "replace":
                _document = Put(path, ReadValue(operation, out var replacing), replaces: true);
                return replacing;
            case "test":
                var expected = ReadValue(operation, out var test);
                return Find(path).HasValueOf(expected) ? test : throw new JsonPatchException(BlackboardCodes.TestFailed, "There is another value.");
            case "remove":
                _document = Remove(path);
                return JsonPatchOperation.Remove(operation.Path);
            case "move":
                Move(Parse(operation.From, "from"), path);
                return JsonPatchOperation.Move(operation.From!, operation.Path);
            case "copy":
                _document = Put(path, Find(Parse(operation.From, "from")), replaces: false);
                return JsonPatchOperation.Copy(operation.From!, operation.Path);
            default:
                throw Bad("There is no such operation; there are add, remove, replace, move, copy and test.");
        }
    }

    private void Move(string[] from, string[] path)
    {
        var value = Find(from);
        if (from.Length < path.Length && path.AsSpan(0, from.Length).SequenceEqual(from))
        {
            throw Bad("A value cannot be moved into itself.");
        }

        if (!from.AsSpan().SequenceEqual(path))
        {
            _document = Remove(from);
            _document = Put(path, value, replaces: false);
        }
    }

    private JsonTree Put(string[] path, JsonTree value, bool replaces)
    {
        if (path.Length + value.Height > limits.Depth)
        {
            throw JsonTreeReader.TooDeep(limits);
        }

        return path.Length == 0 ? value : Change(_document, path, (parent, step) => replaces ? Replace(parent, step, value) : Add(parent, step, value));
    }

    private JsonTree Remove(string[] path) => path.Length == 0
        ? throw Bad("The whole document cannot be removed.")
        : Change(_document, path, (parent, step) => parent switch
        {
            _ when parent.Find(step) is null => throw NoPath(),
            JsonMembers members => members.Without(step),
            var items => ((JsonItems)items).Without(step),
        });

    private static JsonTree Add(JsonTree parent, string step, JsonTree value) => parent switch
    {
        JsonMembers members => members.With(step, value),
        JsonItems items => items.TryInsert(step, value) ?? throw NoPath(),
        _ => throw NoPath(),
    };

    private static JsonTree Replace(JsonTree parent, string step, JsonTree value) =>
        parent.Find(step) is null ? throw NoPath() : parent.Replace(step, value);

    private static JsonTree Change(JsonTree at, ReadOnlySpan<string> path, Func<JsonTree, string, JsonTree> change) => path.Length == 1
        ? change(at, path[0])
        : at.Replace(path[0], Change(at.Find(path[0]) ?? throw NoPath(), path[1..], change));

    private JsonTree Find(string[] path)
    {
        var at = _document;
        foreach (var step in path)
        {
            at = at.Find(step) ?? throw NoPath();
        }

        return at;
    }

    private JsonTree ReadValue(JsonPatchOperation operation, out JsonPatchOperation written)
    {
        var value = JsonTreeReader.Read(operation.Value, limits);
        written = new JsonPatchOperation(operation.Op, operation.Path) { Value = value.ToElement() };
        return value;
    }

    private void Check()
    {
        if (_document.Size > limits.Bytes)
        {
            throw new JsonPatchException(RefusalCodes.TooLarge, $"The document would hold {_document.Size} bytes; {limits.Bytes} is the limit.");
        }

        if (limits.ObjectOnly && _document is not JsonMembers)
        {
            throw Bad("The document is an object and stays one.");
        }
    }

    private static string[] Parse(string? pointer, string member) => JsonPointer.TryParse(pointer, out var steps)
        ? steps
        : throw Bad($"The member '{member}' is no JSON pointer; it is empty or begins with a slash, and has ~0 for a tilde and ~1 for a slash.");

    private static JsonPatchException NoPath() => new(BlackboardCodes.NoPath, "There is no such place.");

    private static JsonPatchException Bad(string message) => new(BlackboardCodes.BadOperation, message);
}
