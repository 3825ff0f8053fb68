using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Blackboard;
using OrleansAgents.Conversations;
using OrleansAgents.Intelligence;
using OrleansAgents.Sqlite;
using OrleansAgents.Topics;

namespace OrleansAgents.Configuration;

/// <summary>Reads and validates what the host is told by files, environment and command line.</summary>
internal static class SiloSettings
{
    private static readonly TimeSpan LongestDrain = TimeSpan.FromHours(1);

    private static readonly string[] Known =
    [
        nameof(SiloOptions.SiloPort), nameof(SiloOptions.GatewayPort), nameof(SiloOptions.Profile), nameof(SiloOptions.DataDirectory),
        "Sqlite", nameof(SiloOptions.HandledWindow), nameof(SiloOptions.Topics), nameof(SiloOptions.Blackboard), nameof(SiloOptions.Demo),
        nameof(SiloOptions.Assemblies), nameof(SiloOptions.DrainTimeout), nameof(SiloOptions.Cluster), nameof(SiloOptions.Address),
        nameof(SiloOptions.Listen), nameof(SiloOptions.Kubernetes), nameof(SiloOptions.Labels), nameof(SiloOptions.Rebalance), nameof(SiloOptions.Membership), nameof(SiloOptions.Operator),
        nameof(SiloOptions.Signatures), nameof(SiloOptions.ClockAllowance), SignatureSettings.Keys,
        nameof(SiloOptions.Audit), nameof(SiloOptions.AuditKeyFile), nameof(SiloOptions.RecordConversations), nameof(SiloOptions.Conversations),
        nameof(SiloOptions.Tls), nameof(SiloOptions.Http), A2AOptions.Section,
        AccessSettings.Name,
        EncryptionSettings.Name,
        ModelSettings.Name, nameof(ModelsOptions.RecordPrompts), LimitSettings.Name, McpSettings.Name, RemoteSettings.Name,
    ];

    private static readonly (string Name, string[] Members)[] Sections =
    [
        ("Sqlite", [nameof(SiloOptions.Synchronous)]),
        (nameof(SiloOptions.HandledWindow), [nameof(HandledWindow.Count), nameof(HandledWindow.Age)]),
        (nameof(SiloOptions.Topics), [nameof(TopicRetention.Age), nameof(TopicRetention.Bytes)]),
        (nameof(SiloOptions.Blackboard), [nameof(BlackboardOptions.History), nameof(BlackboardOptions.HistoryBytes), nameof(BlackboardOptions.DocumentBytes)]),
        (nameof(SiloOptions.Conversations), [nameof(ConversationOptions.Age), nameof(ConversationOptions.MaxMessages), nameof(ConversationOptions.MaxBytes)]),
        (nameof(SiloOptions.Membership), [nameof(MembershipOptions.ProbeTimeout), nameof(MembershipOptions.MissedProbes), nameof(MembershipOptions.Votes)]),
        (nameof(SiloOptions.Operator), [nameof(OperatorOptions.Enabled), nameof(OperatorOptions.Urls)]),
        (nameof(SiloOptions.Tls), TlsSettings.Members),
        (nameof(SiloOptions.Http), HttpSettings.Members),
    ];

    /// <summary>What holds where nobody says otherwise: the lowest layer of the configuration.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Defaults =>
    [
        new("urls", WebAddresses.Default),
        new("Logging:LogLevel:Default", "Information"),
        new("Logging:LogLevel:Microsoft", "Warning"),
        new("Logging:LogLevel:Orleans", "Warning"),
        new("Logging:LogLevel:OrleansAgents", "Information"),
        new("Logging:LogLevel:Polly", "Error"),
    ];

    /// <exception cref="SettingsException">A setting is unknown or invalid.</exception>
    public static SiloOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(SiloOptions.Section);
        section.RefuseUnknown(Known);
        foreach (var (name, members) in Sections)
        {
            section.GetSection(name).RefuseUnknown(members);
        }

        var options = new SiloOptions();
        section.ReadValue<int>(nameof(SiloOptions.SiloPort), "a port from 1 to 65535", int.TryParse, v => options.SiloPort = v);
        section.ReadValue<int>(nameof(SiloOptions.GatewayPort), "a port from 1 to 65535", int.TryParse, v => options.GatewayPort = v);
        section.ReadValue<bool>(nameof(SiloOptions.Demo), "true or false", bool.TryParse, v => options.Demo = v);
        section.ReadValue<TimeSpan>(nameof(SiloOptions.DrainTimeout), "a time such as 00:00:30", SettingReader.TryReadTime, v => options.DrainTimeout = v);
        section.ReadValue<SiloProfile>(nameof(SiloOptions.Profile), "Embedded, Memory or Redis", SettingReader.TryReadEnum, v => options.Profile = v);
        section.ReadValue<SqliteSynchronous>("Sqlite:Synchronous", "Full or Normal", SettingReader.TryReadEnum, v => options.Synchronous = v);
        section.ReadValue<int>("HandledWindow:Count", "a whole number above zero", int.TryParse, v => options.HandledWindow.Count = v);
        section.ReadValue<TimeSpan>("HandledWindow:Age", "a time such as 00:10:00", SettingReader.TryReadTime, v => options.HandledWindow.Age = v);
        section.ReadValue<TimeSpan>("Topics:Age", "a time such as 7.00:00:00", SettingReader.TryReadTime, v => options.Topics.Age = v);
        section.ReadValue<long>("Topics:Bytes", "a number of bytes above zero", long.TryParse, v => options.Topics.Bytes = v);
        section.ReadValue<int>("Blackboard:History", "a whole number above zero", int.TryParse, v => options.Blackboard.History = v);
        section.ReadValue<long>("Blackboard:HistoryBytes", "a number of bytes above zero", long.TryParse, v => options.Blackboard.HistoryBytes = v);
        section.ReadValue<int>("Blackboard:DocumentBytes", "a number of bytes, 2 or more", int.TryParse, v => options.Blackboard.DocumentBytes = v);
        section.ReadValue<bool>(nameof(SiloOptions.Audit), "true or false", bool.TryParse, v => options.Audit = v);
        section.ReadValue<bool>(nameof(SiloOptions.RecordConversations), "true or false", bool.TryParse, v => options.RecordConversations = v);
        section.ReadValue<TimeSpan>("Conversations:Age", "a time such as 7.00:00:00", SettingReader.TryReadTime, v => options.Conversations.Age = v);
        section.ReadValue<int>("Conversations:MaxMessages", "a whole number above zero", int.TryParse, v => options.Conversations.MaxMessages = v);
        section.ReadValue<long>("Conversations:MaxBytes", "a number of bytes above zero", long.TryParse, v => options.Conversations.MaxBytes = v);
        options.AuditKeyFile = section[nameof(SiloOptions.AuditKeyFile)];
        options.DataDirectory = section[nameof(SiloOptions.DataDirectory)] ?? options.DataDirectory;
        section.GetSection(nameof(SiloOptions.Assemblies)).Bind(options.Assemblies);
        ClusterSettings.Read(configuration, section, options);
        SignatureSettings.Read(section, options);
        section.ReadValue<bool>("Operator:Enabled", "true or false", bool.TryParse, v => options.Operator.Enabled = v);
        options.Operator.Urls = WebAddresses.ReadOperator(section["Operator:Urls"]);
        AccessSettings.Check(section);
        options.Encryption = EncryptionSettings.Read(section);
        options.Models = ModelSettings.Read(section);
        options.Limits = LimitSettings.Read(section);
        options.Mcp = McpSettings.Read(section);
        options.Remotes = RemoteSettings.Read(section);
        TlsSettings.Read(section.GetSection(nameof(SiloOptions.Tls)), options.Tls);
        options.Http = HttpSettings.Read(section.GetSection(nameof(SiloOptions.Http)));
        options.A2A = A2ASettings.Read(section.GetSection(A2AOptions.Section));
        return (FindFault(options) ?? ClusterSettings.FindFault(options) ?? SignatureSettings.FindFault(section, options)
            ?? options.Tls.FindFault(TimeProvider.System.GetUtcNow())) is { } fault ? throw new SettingsException(fault) : options;
    }

    private static string? FindFault(SiloOptions options)
    {
        if (options.HandledWindow.Count < 1 || options.HandledWindow.Age <= TimeSpan.Zero)
        {
            return "Agents:HandledWindow:Count and Age must be above zero; 10000 and 00:10:00 are the defaults.";
        }

        if (options.Topics.Bytes < 1 || options.Topics.Age <= TimeSpan.Zero)
        {
            return "Agents:Topics:Bytes and Age must be above zero; 1073741824 and 7.00:00:00 are the defaults.";
        }

        if (options.Blackboard.FindFault() is not null)
        {
            return "Agents:Blackboard:History and HistoryBytes must be above zero, and DocumentBytes 2 or more; 1000, 16777216 and 262144 are the defaults.";
        }

        if (options.Conversations.MaxMessages < 1 || options.Conversations.MaxBytes < 1
            || options.Conversations.Age <= TimeSpan.Zero || options.Conversations.Age > ConversationOptions.LongestAge)
        {
            return "Agents:Conversations:Age, MaxMessages and MaxBytes must be above zero, and Age 3650.00:00:00 at most; 7.00:00:00, 10000 and 67108864 are the defaults.";
        }

        if (options.SiloPort is < 1 or > 65535)
        {
            return $"Agents:SiloPort is {options.SiloPort}; give a port from 1 to 65535.";
        }

        if (options.GatewayPort is < 1 or > 65535)
        {
            return $"Agents:GatewayPort is {options.GatewayPort}; give a port from 1 to 65535.";
        }

        if (options.GatewayPort == options.SiloPort)
        {
            return $"Agents:GatewayPort and Agents:SiloPort are both {options.SiloPort}; give two different ports.";
        }

        if (string.IsNullOrWhiteSpace(options.DataDirectory) || options.DataDirectory.Contains('\0', StringComparison.Ordinal))
        {
            return "Agents:DataDirectory is no path; give a directory such as data.";
        }

        if (FindFault(options.AuditKeyFile) is { } fault)
        {
            return fault;
        }

        return options.DrainTimeout <= TimeSpan.Zero || options.DrainTimeout > LongestDrain
            ? $"Agents:DrainTimeout is {options.DrainTimeout}; give a time above zero and up to {LongestDrain}, such as 00:00:30."
            : null;
    }

    private static string? FindFault(string? keyFile)
    {
        try
        {
            _ = keyFile is null ? null : AuditKey.Read(keyFile);
            return null;
        }
        catch (InvalidDataException e)
        {
            return $"Agents:AuditKeyFile: {e.Message}";
        }
    }
}
