using System.CommandLine;
using System.CommandLine.Parsing;
using OrleansAgents.Agents;
using OrleansAgents.Connection;
using OrleansAgents.Hosting;
using OrleansAgents.Security;

namespace OrleansAgents.Commands;

/// <summary>What every command is told.</summary>
internal sealed record Settings(ClusterTarget Target, TlsChoice? Tls, TimeSpan Timeout, bool Json, AgentId Sender, string DefaultKind, SigningKey? Key, EncryptionOptions? Encryption);

/// <summary>The options that stand on every command.</summary>
internal sealed class GlobalOptions
{
    private const string RedisVariable = "AGENTS_REDIS";
    private const string RedisFault = "is no connection string of StackExchange.Redis; write one such as 127.0.0.1:6379.";

    private readonly Option<GatewayAddress> _gateway = new("--gateway")
    {
        Description = "A silo's gateway, host:port.",
        HelpName = "host:port",
        DefaultValueFactory = _ => new GatewayAddress("127.0.0.1", 30000),
        CustomParser = result => Parse<GatewayAddress>(result, GatewayAddress.TryParse, "is no gateway; write host:port, such as 127.0.0.1:30000."),
    };

    private readonly Option<RedisAddress?> _redis = new("--redis")
    {
        Description = $"The Redis by which the silos find one another, in place of --gateway. Unless told, what the environment's {RedisVariable} says, which keeps a password out of the list of processes.",
        HelpName = "host:port,…",
        // What was given is not repeated: it may hold a password.
        CustomParser = result => RedisAddress.TryParse(result.Tokens[^1].Value, out var redis) ? redis : Fail(result, RedisFault),
    };

    private readonly Option<string> _cluster = new("--cluster")
    {
        Description = "The cluster's name.",
        HelpName = "name",
        DefaultValueFactory = _ => ClusterName.Default,
        CustomParser = result => Parse(
            result, (string text, out string name) => ClusterName.IsValid(name = text), $"is no name of a cluster; write {ClusterName.Rule}."),
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

    private readonly KeyOptions _key = new();

    private readonly Option<string?> _encryptionKeys = new("--encryption-keys")
    {
        Description = $"A JSON file of key groups: messages to their recipients are sealed, and what comes sealed is opened. Unless told, the file that the environment's {KeyFile.Variable} names.",
        HelpName = "file",
    };

    private delegate bool Reader<T>(string text, out T value);

    public void AddTo(RootCommand root)
    {
        _redis.Validators.Add(result =>
        {
            if (result.GetResult(_gateway) is { Implicit: false })
            {
                result.AddError("--redis and --gateway are two ways to the same silos; give one of them.");
            }
        });
        foreach (var option in (ReadOnlySpan<Option>)[_gateway, _redis, _cluster, .. TlsChoice.Options, _timeout, _json, _sender, _defaultKind, .. _key.All, _encryptionKeys])
        {
            option.Recursive = true;
            root.Add(option);
        }
    }

    /// <summary>Whether programs read what a command writes.</summary>
    public bool IsJson(CommandResult result) => result.GetValue(_json);

    /// <exception cref="UsageException">What the environment or the files of certificates say cannot be used.</exception>
    public Settings Read(ParseResult parse) => new(
        new ClusterTarget(parse.GetValue(_gateway)!, FindRedis(parse), parse.GetValue(_cluster)!), TlsChoice.Read(parse), parse.GetValue(_timeout), parse.GetValue(_json), parse.GetValue(_sender), parse.GetValue(_defaultKind)!,
        _key.Read(parse), KeyFile.Find(parse.GetValue(_encryptionKeys)));

    /// <exception cref="UsageException">The environment names no Redis.</exception>
    private RedisAddress? FindRedis(ParseResult parse)
    {
        if (parse.GetValue(_redis) is { } redis)
        {
            return redis;
        }

        return parse.GetResult(_gateway) is { Implicit: false } || Environment.GetEnvironmentVariable(RedisVariable) is not { Length: > 0 } text ? null
            : RedisAddress.TryParse(text, out redis) ? redis
            : throw new UsageException($"{RedisVariable} {RedisFault}");
    }

    private static RedisAddress? Fail(ArgumentResult result, string fault)
    {
        result.AddError($"--redis {fault}");
        return null;
    }

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
