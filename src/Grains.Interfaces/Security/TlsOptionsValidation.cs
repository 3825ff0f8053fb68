using Microsoft.Extensions.Options;

namespace OrleansAgents.Security;

/// <summary>Reads the files at start, so that a process that could speak to nobody says why instead.</summary>
internal sealed class TlsOptionsValidation(TimeProvider time) : IValidateOptions<TlsOptions>
{
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, TlsOptions options) =>
        FindFault(options, time.GetUtcNow()) is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;

    /// <summary>What is wrong and what to do; null when nothing is.</summary>
    public static string? FindFault(TlsOptions options, DateTimeOffset now)
    {
        if (options.ReloadPeriod < ShortestPeriod || options.ReloadPeriod > LongestPeriod)
        {
            return "TlsOptions.ReloadPeriod must be from 1 second to 1 day; 10 seconds is the default.";
        }

        if (options.Names.Any(string.IsNullOrWhiteSpace))
        {
            return "TlsOptions.Names holds an empty name; give DNS or URI names, or leave it empty for any certificate of the authority.";
        }

        var (files, fault) = TlsFiles.Read(options);
        return files is null ? fault : TlsMaterial.Read(options, files, now).Fault;
    }
}
