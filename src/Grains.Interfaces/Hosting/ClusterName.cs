using System.Text.RegularExpressions;

namespace OrleansAgents.Hosting;

/// <summary>The name of a cluster: it stands in keys of the store, in labels of pods and on command lines, so it is kept plain.</summary>
internal static partial class ClusterName
{
    public const string Default = "agents";

    public const string Rule = "1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end";

    public static bool IsValid(string? text) => text is not null && Pattern().IsMatch(text);

    /// <exception cref="ArgumentException">The name breaks the rule.</exception>
    public static void ThrowUnlessValid(string? text, string parameter)
    {
        if (!IsValid(text))
        {
            throw new ArgumentException($"'{text}' is no name of a cluster: write {Rule}, such as {Default}.", parameter);
        }
    }

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
