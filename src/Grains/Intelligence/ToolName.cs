using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>
/// The names of tools and answers, which providers take only as 1 to 64 of the characters A to Z, a to z, 0 to 9, _ and -.
/// A contract asked of a kind is <c>KIND__CONTRACT</c> with underscores for dots, and <c>_v2</c> behind it for version 2
/// and so on. Where that is longer than 64, its first 55 characters, an underscore and the first 8 hexadecimal digits of
/// the SHA-256 of the whole. Where a set has the name already, <c>_2</c>, <c>_3</c> and so on are put behind it, in the
/// order in which the tools were given.
/// </summary>
public static class ToolName
{
    /// <summary>The longest name.</summary>
    public const int MaxLength = 64;

    private const int HashLength = 8;

    /// <summary>The name of a contract that is asked of a kind of agents.</summary>
    public static string For(string kind, Contract contract) => Fit($"{kind}__{Of(contract)}");

    /// <summary>The name of a contract, such as for an answer's format.</summary>
    public static string For(Contract contract) => Fit(Of(contract));

    /// <summary>The name of a tool that a source elsewhere has: what providers do not take in it becomes an underscore.</summary>
    public static string For(string source, string tool) =>
        Fit($"{source}__{Replace(tool)}");

    /// <summary>Whether providers take a name.</summary>
    public static bool IsValid(string name) => name.Length is > 0 and <= MaxLength && name.All(IsTaken);

    /// <summary>What a model called, as a name that providers take.</summary>
    internal static string Mend(string name) => IsValid(name) ? name : name.Length == 0 ? "_" : Fit(Replace(name));

    /// <summary>The name, or the first with a number behind it that nobody has.</summary>
    internal static string MakeUnique(string name, Func<string, bool> isTaken)
    {
        var unique = name;
        for (var number = 2; isTaken(unique); number++)
        {
            var suffix = string.Create(CultureInfo.InvariantCulture, $"_{number}");
            unique = name[..Math.Min(name.Length, MaxLength - suffix.Length)] + suffix;
        }

        return unique;
    }

    private static bool IsTaken(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    private static string Replace(string name) => string.Concat(name.Select(c => IsTaken(c) ? c : '_'));

    private static string Of(Contract contract) =>
        contract.Name.Replace('.', '_') + (contract.Version == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"_v{contract.Version}"));

    private static string Fit(string name) => name.Length <= MaxLength
        ? name
        : $"{name[..(MaxLength - HashLength - 1)]}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..HashLength]}";
}
