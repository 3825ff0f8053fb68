using System.CommandLine;
using System.CommandLine.Parsing;
using OrleansAgents.Agents;
using OrleansAgents.Connection;

namespace OrleansAgents.Commands;

/// <summary>What every command is told.</summary>
internal sealed record Settings(GatewayAddress Gateway, TimeSpan Timeout, bool Json, AgentId Sender, string DefaultKind);

/// <summary>The options that stand on every command.</summary>
internal sealed class GlobalOptions
{
    private readonly Option<GatewayAddress> _gateway = new("--gateway")
    {
        Description = "The silo's gateway, host:port.",
        HelpName = "host:port",
        DefaultValueFactory = _ => new GatewayAddress("127.0.0.1", 30000),
        CustomParser = result => Parse<GatewayAddress>(result, GatewayAddress.TryParse, "is no gateway; write host:port, such as 127.0.0.1:30000."),
    };

    private readonly Option<TimeSpan> _timeout = new("--timeout")
    {
        Description = "How long to wait for an answer: seconds, or with a unit such as 500ms, 5s or 2m.",
        HelpName = "seconds",
        DefaultValueFactory = _ => TimeSpan.FromSeconds(30),
        CustomParser = result => Parse<TimeSpan>(result, DurationText.TryParse, "is no duration; write seconds such as 1.5, or 500ms, 5s, 2m."),
    };

    private readonly Option<bool> _json = new("--json") { Description = "Write one JSON object a line to standard output, and nothing else there." };

    private readonly Option<AgentId> _sender = new("--sender")
    {
        Description = "The address that messages come from.",
        HelpName = "kind/key",
        DefaultValueFactory = _ => new AgentId("client", "cli"),
        CustomParser = result => Parse(
            result, (string text, out AgentId id) => AgentId.TryParse(text, defaultKind: null, out id, out _), "is no address; write kind/key, such as client/cli."),
    };

    private readonly Option<string> _defaultKind = new("--default-kind")
    {
        Description = "The kind of an address that names none.",
        HelpName = "kind",
        DefaultValueFactory = _ => "echo",
        CustomParser = result => Parse(
            result, (string text, out string kind) => AgentId.IsKind(kind = text), "is no kind; a kind is a lower-case letter and then lower-case letters, digits or hyphens."),
    };

    private delegate bool Reader<T>(string text, out T value);

    public void AddTo(RootCommand root)
    {
        foreach (var option in (ReadOnlySpan<Option>)[_gateway, _timeout, _json, _sender, _defaultKind])
        {
            option.Recursive = true;
            root.Add(option);
        }
    }

    public Settings Read(ParseResult parse) => new(
        parse.GetValue(_gateway)!, parse.GetValue(_timeout), parse.GetValue(_json), parse.GetValue(_sender), parse.GetValue(_defaultKind)!);

    private static T? Parse<T>(ArgumentResult result, Reader<T> reader, string fault)
    {
        var text = result.Tokens[^1].Value;
        if (reader(text, out var value))
        {
            return value;
        }

        result.AddError($"'{text}' {fault}");
        return default;
    }
}
