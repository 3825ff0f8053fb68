using System.Text.Json;

namespace OrleansAgents.Routing;

/// <summary>
/// The rules that look at the same parts of a message, found by a hash of what these parts must be (tuple space search;
/// Srinivasan, Suri and Varghese, 1999): what a lookup costs depends on how many such shapes there are, not on how many
/// rules.
/// </summary>
internal sealed class RouteShape
{
    private readonly bool _type, _version, _sender;
    private readonly string[] _headers;
    private readonly string[][] _fields;
    private readonly Dictionary<int, List<CompiledRoute>> _rules = [];

    private RouteShape(CompiledRoute first)
    {
        (_type, _version, _sender) = (first.Type is not null, first.Version is not null, first.Sender is not null);
        _headers = [.. first.Headers.Select(h => h.Name)];
        _fields = [.. first.Fields.Select(f => f.Pointer)];
    }

    /// <summary>The place of the first of its rules.</summary>
    public int FirstRank { get; private set; } = int.MaxValue;

    /// <summary>Groups rules, which have their ranks, by shape; the shape of the first rule comes first.</summary>
    public static RouteShape[] Group(IEnumerable<CompiledRoute> ranked)
    {
        var shapes = new Dictionary<string, RouteShape>(StringComparer.Ordinal);
        foreach (var route in ranked)
        {
            var name = NameOf(route);
            if (!shapes.TryGetValue(name, out var shape))
            {
                shapes[name] = shape = new RouteShape(route);
            }

            shape.Add(route);
        }

        return [.. shapes.Values.OrderBy(s => s.FirstRank)];
    }

    /// <summary>The first rule that matches, if it stands before <paramref name="limit"/>.</summary>
    public CompiledRoute? Find(RoutedMessage message, int limit)
    {
        if (!TryHash(message, out var hash) || !_rules.TryGetValue(hash, out var candidates))
        {
            return null;
        }

        foreach (var route in candidates)
        {
            if (route.Rank >= limit)
            {
                return null;
            }

            if (route.Matches(message))
            {
                return route;
            }
        }

        return null;
    }

    private void Add(CompiledRoute route)
    {
        FirstRank = Math.Min(FirstRank, route.Rank);
        var hash = new HashCode();
        hash.Add(route.Type, StringComparer.Ordinal);
        hash.Add(route.Version ?? 0);
        hash.Add(route.Sender ?? default);
        foreach (var (_, value) in route.Headers)
        {
            hash.Add(value, StringComparer.Ordinal);
        }

        foreach (var (_, value) in route.Fields)
        {
            hash.Add(HashOf(value));
        }

        var key = hash.ToHashCode();
        if (!_rules.TryGetValue(key, out var same))
        {
            _rules[key] = same = new List<CompiledRoute>(1);
        }

        same.Add(route);
    }

    private bool TryHash(RoutedMessage message, out int key)
    {
        key = 0;
        var hash = new HashCode();
        hash.Add(_type ? message.Envelope.Type : null, StringComparer.Ordinal);
        hash.Add(_version ? message.Envelope.Version : 0);
        hash.Add(_sender ? message.Envelope.Sender : default);
        foreach (var name in _headers)
        {
            if (message.FindHeader(name) is not { } value)
            {
                return false;
            }

            hash.Add(value, StringComparer.Ordinal);
        }

        foreach (var field in _fields)
        {
            if (message.FindField(field) is not { } value)
            {
                return false;
            }

            hash.Add(HashOf(value));
        }

        key = hash.ToHashCode();
        return true;
    }

    // Numbers that are equal have the same double, however they are written.
    private static int HashOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => HashOfText(value),
        JsonValueKind.Number => value.TryGetDouble(out var number) ? number.GetHashCode() : 0,
        var kind => (int)kind,
    };

    private static int HashOfText(JsonElement value)
    {
        try
        {
            return string.GetHashCode(value.GetString(), StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, which no text of .NET can hold, and which is equal to nothing.
            return 0;
        }
    }

    private static string NameOf(CompiledRoute route) => string.Join('\n',
    [
        $"{route.Type is not null} {route.Version is not null} {route.Sender is not null} {route.Headers.Count}",
        .. route.Headers.Select(h => h.Name),
        .. route.Fields.Select(f => string.Join('/', f.Pointer.Select(step => JsonEncodedText.Encode(step).ToString().Replace("/", "~1", StringComparison.Ordinal)))),
    ]);
}
