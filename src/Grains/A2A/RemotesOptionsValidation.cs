using Microsoft.Extensions.Options;
using OrleansAgents.Agents;

namespace OrleansAgents.A2A;

/// <summary>Finds what is wrong with the settings of agents elsewhere, before the silo starts.</summary>
internal sealed class RemotesOptionsValidation : IValidateOptions<RemotesOptions>
{
    // A timer takes no more.
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    // What the library that breaks circuits takes.
    private static readonly TimeSpan ShortestBreak = TimeSpan.FromMilliseconds(500);

    public ValidateOptionsResult Validate(string? name, RemotesOptions options) =>
        FindFault(options, "RemotesOptions.Remotes") is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;

    /// <summary>A sentence that names the setting and the remedy; null where nothing is wrong. It never holds a key.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="path">How they are called.</param>
    public static string? FindFault(RemotesOptions options, string path) =>
        options.Remotes.Select(r => FindFault(r.Key, r.Value, path)).FirstOrDefault(f => f is not null);

    private static string? FindFault(string name, RemoteOptions remote, string path)
    {
        var at = $"{path}:{name}";
        return remote switch
        {
            _ when !AgentId.IsKind(name) => $"{path} holds an agent named '{name}'; a name is a lower-case letter and then lower-case letters, digits or hyphens, such as weather.",
            { Url: null } => $"{at}:Url is missing; give the address of the agent's card, or of its host, such as https://agents.example.com.",
            { Url: { IsAbsoluteUri: false } or { Scheme: not ("http" or "https") } } => $"{at}:Url is '{remote.Url}'; give an address such as https://agents.example.com.",
            { Url.UserInfo.Length: > 0 } => $"{at}:Url holds a name or a password; give the key as KeyFile.",
            { Url.Fragment.Length: > 0 } => $"{at}:Url has a part behind a #, which no server sees; leave it out.",
            _ when !AreTimes(remote.Timeout, remote.StreamTimeout, remote.PollInterval, remote.CardAge) =>
                $"{at}:Timeout, StreamTimeout, PollInterval and CardAge must be above zero and up to a day; 00:00:30, 00:02:00, 00:00:01 and 00:10:00 are the defaults.",
            _ when remote.BreakFor < ShortestBreak || remote.BreakFor > LongestTime => $"{at}:BreakFor must be from 00:00:00.5 to a day; 00:00:30 is the default.",
            { Retries: < 0 or > 20 } => $"{at}:Retries must be from 0 to 20; 4 is the default.",
            { BreakAfter: < 2 } => $"{at}:BreakAfter must be 2 or more; 8 is the default.",
            { MaxBytes: < 1024 } => $"{at}:MaxBytes must be 1024 or more; 16777216 is the default.",
            { MaxCalls: < 1 } => $"{at}:MaxCalls must be 1 or more; 1000 is the default.",
            { KeyHeader: { } header } when header.Length == 0 || !header.All(IsToken) => $"{at}:KeyHeader is no name of a header; give one such as X-Api-Key, or leave it out for Authorization.",
            _ => FindKeyFault(remote, at),
        };
    }

    private static bool AreTimes(params ReadOnlySpan<TimeSpan> times)
    {
        foreach (var time in times)
        {
            if (time <= TimeSpan.Zero || time > LongestTime)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsToken(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);

    private static string? FindKeyFault(RemoteOptions remote, string at)
    {
        if (remote is { Key: not null, KeyFile: not null })
        {
            return $"{at}:Key and KeyFile are both set; give one of them.";
        }

        try
        {
            var key = remote.ReadKey();
            return remote.KeyFile is not null && key is null ? $"{at}:KeyFile is '{remote.KeyFile}', which is empty; put the key into it."
                : key is null ? null
                : !key.All(c => c is > ' ' and < '\u007f') ? $"{at}: the key has characters that no header holds; give it as it was issued, in one line."
                : remote.Url is { Scheme: "http", IsLoopback: false } ? $"{at}:Url is {remote.Url}, and the key would travel beyond this machine in the clear; give an https address."
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"{at}:KeyFile is '{remote.KeyFile}', which cannot be read ({e.Message.TrimEnd('.')}); give a file that the silo may read.";
        }
    }
}
