using System.Globalization;

namespace OrleansAgents.Tests;

/// <summary>The command line: a command, its own arguments, and the options that all commands share.</summary>
internal sealed record BenchmarkOptions(string Command, IReadOnlyList<string> Arguments)
{
    public const string Usage =
        "Usage: ask|idle|start|fairness|store|durable|topics|cluster|failover|trust|routing|fanout|directory|http|runs [--json FILE] [--seconds N] [--only TEXT]";

    /// <summary>Where the result goes as JSON; null for nowhere.</summary>
    public string? JsonFile { get; private init; }

    /// <summary>How long each case is measured, after its warm-up. 10 unless told.</summary>
    public double Seconds { get; private init; } = 10;

    /// <summary>Only cases whose names hold this text; null for all.</summary>
    public string? Only { get; private init; }

    public bool Includes(string name) => Only is null || name.Contains(Only, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="FormatException">The command line is not as <see cref="Usage"/> says.</exception>
    public static BenchmarkOptions Parse(string[] args)
    {
        if (args.Length == 0)
        {
            throw new FormatException(Usage);
        }

        var arguments = new List<string>();
        var options = new BenchmarkOptions(args[0], arguments);
        for (var i = 1; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--json": options = options with { JsonFile = Value(args, ++i) }; break;
                case "--seconds": options = options with { Seconds = double.Parse(Value(args, ++i), CultureInfo.InvariantCulture) }; break;
                case "--only": options = options with { Only = Value(args, ++i) }; break;
                default: arguments.Add(args[i]); break;
            }
        }

        return options;
    }

    private static string Value(string[] args, int index) => index < args.Length ? args[index] : throw new FormatException(Usage);
}
