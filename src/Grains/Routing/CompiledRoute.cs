using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Routing;

/// <summary>A rule made ready: addresses read, patterns parsed, its place in the order known.</summary>
internal sealed class CompiledRoute
{
    public const int MostRecipients = 1000;
    public const int LongestName = 128;

    private readonly string? _typePrefix;
    private readonly AddressPattern? _sender;

    /// <exception cref="AgentRefusedException">The rule is faulty; the refusal says where.</exception>
    public CompiledRoute(Route route)
    {
        Route = route;
        Check(route.Name is { Length: > 0 and <= LongestName } name && !name.Any(char.IsControl), "", $"a rule has a name of 1 to {LongestName} printable characters");
        To = ReadRecipients(route);
        Hashes = [.. To.Select(agent => Rendezvous.Hash(agent.ToString()))];
        By = ReadPointer("by", route.By);
        Check(Enum.IsDefined(route.Send), "send", "it is one, all, first or quorum");
        Check(Enum.IsDefined(route.Pick), "pick", "it is hash, rotate or least");
        Check(route.Enough is null || (route.Send == RouteMode.Quorum && route.Enough >= 1 && route.Enough <= To.Length), "enough", "it is for a quorum, and from 1 to the number of recipients");
        if (route.When is not { } when)
        {
            return;
        }

        if (when.Type is { } type)
        {
            var isPrefix = type.EndsWith('*');
            var prefix = isPrefix ? type[..^1] : type;
            Check(isPrefix ? prefix.Length == 0 || Contract.IsName(prefix.TrimEnd('.')) : Contract.IsName(type), "when/type", "it is a contract's name, or what names begin with and a star");
            _typePrefix = isPrefix ? prefix : null;
            Type = isPrefix ? null : type;
        }

        if (when.Sender is { } sender)
        {
            Check(AddressPattern.TryParse(sender, out var pattern, out var fault), "when/sender", fault);
            _sender = pattern.IsPrefix ? pattern : null;
            Sender = pattern.IsPrefix ? default(AgentId?) : new AgentId(pattern.Kind, pattern.Key);
        }

        Check(when.Version is null or >= 1, "when/version", "it is 1 or more");
        Fields = [.. (when.Payload ?? NoFields).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => (ReadPointer("when/payload", f.Key)!, f.Value.Clone()))];
        foreach (var (_, value) in Fields)
        {
            Check(value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Undefined), "when/payload", "a field's value is a text, a number, true, false or null");
        }

        Headers = [.. (when.Headers ?? NoHeaders).OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => (h.Key, h.Value))];
    }

    public Route Route { get; }

    /// <summary>Where it stands among all rules; the least is tried first.</summary>
    public int Rank { get; set; }

    public AgentId[] To { get; }

    public ulong[] Hashes { get; }

    public string[]? By { get; }

    /// <summary>The contract's name, where it must be exactly that.</summary>
    public string? Type { get; }

    /// <summary>The sender, where it must be exactly that.</summary>
    public AgentId? Sender { get; }

    public int? Version => Route.When?.Version;

    public IReadOnlyList<(string Name, string Value)> Headers { get; } = [];

    public IReadOnlyList<(string[] Pointer, JsonElement Value)> Fields { get; } = [];

    public int Enough => Route.Enough ?? ((To.Length / 2) + 1);

    /// <summary>How often the rule has chosen in turn.</summary>
    public int Turn { get; set; }

    public bool Matches(RoutedMessage message) =>
        (Type is null || Type == message.Envelope.Type)
        && (_typePrefix is null || message.Envelope.Type.StartsWith(_typePrefix, StringComparison.Ordinal))
        && (Version is null || Version == message.Envelope.Version)
        && (Sender is null || Sender == message.Envelope.Sender)
        && (_sender is null || _sender.Value.Matches(message.Envelope.Sender))
        && MatchesHeaders(message) && MatchesFields(message);

    private bool MatchesHeaders(RoutedMessage message)
    {
        foreach (var (name, value) in Headers)
        {
            if (message.FindHeader(name) != value)
            {
                return false;
            }
        }

        return true;
    }

    private bool MatchesFields(RoutedMessage message)
    {
        foreach (var (pointer, value) in Fields)
        {
            if (message.FindField(pointer) is not { } found || !JsonEquality.AreEqual(found, value))
            {
                return false;
            }
        }

        return true;
    }

    private AgentId[] ReadRecipients(Route route)
    {
        Check(route.To is { Count: >= 1 and <= MostRecipients }, "to", $"there are 1 to {MostRecipients} recipients");
        var recipients = new AgentId[route.To.Count];
        for (var i = 0; i < recipients.Length; i++)
        {
            Check(AgentId.TryParse(route.To[i], defaultKind: null, out recipients[i], out var fault), $"to/{i}", fault);
            Check(!recipients.AsSpan(0, i).Contains(recipients[i]), $"to/{i}", "it stands there twice");
        }

        return recipients;
    }

    private string[]? ReadPointer(string member, string? pointer)
    {
        string[]? steps = null;
        Check(pointer is null || (pointer.StartsWith('/') && JsonPointer.TryParse(pointer, out steps)), member, $"'{PlainText.Show(pointer, PlainText.Quoted)}' is no JSON pointer such as /customer/region");
        return steps;
    }

    private void Check(bool isRight, string member, string? what)
    {
        if (!isRight)
        {
            throw new AgentRefusedException(RouterCodes.BadRoute, $"The rule '{PlainText.Show(Route.Name, PlainText.Quoted)}', {(member.Length == 0 ? "name" : member)}: {what}.");
        }
    }

    private static readonly Dictionary<string, JsonElement> NoFields = [];
    private static readonly Dictionary<string, string> NoHeaders = [];
}
