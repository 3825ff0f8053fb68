using System.CommandLine;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using OrleansAgents.Commands;
using OrleansAgents.Security;

namespace OrleansAgents.Connection;

/// <summary>The files with which a command speaks TLS.</summary>
internal sealed record TlsChoice(string Certificate, string? Key, string Authority)
{
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(2);

    public static IReadOnlyList<Option<string>> Options { get; } =
    [
        Describe("--tls-certificate", "Speaks TLS with the silos, with this certificate: a PEM file, or a PFX file without a password."),
        Describe("--tls-key", "The certificate's private key, a PEM file."),
        Describe("--tls-authority", "A PEM file of the authorities that the silos' certificates must come from."),
    ];

    /// <summary>What the options or the environment say; null for connections without TLS.</summary>
    /// <exception cref="UsageException">The files cannot be used; the message says which and why.</exception>
    public static TlsChoice? Read(ParseResult parse)
    {
        string?[] files = [.. Options.Select(option => parse.GetValue(option) ?? Environment.GetEnvironmentVariable(VariableOf(option.Name)) switch { "" => null, var text => text })];
        if (files is [null, null, null])
        {
            return null;
        }

        var choice = new TlsChoice(files[0] ?? "", files[1], files[2] ?? "");
        var options = new TlsOptions();
        choice.Apply(options);
        return TlsOptionsValidation.FindFault(options, TimeProvider.System.GetUtcNow()) is { } fault ? throw new UsageException(fault) : choice;
    }

    public void Apply(TlsOptions options) => (options.CertificateFile, options.KeyFile, options.AuthorityFile, options.Called) =
        (Certificate, Key, Authority, TlsSettingNames.OfCommand);

    /// <summary>Whether what listens there speaks TLS; null where it says nothing in time. It is told no name and shown nothing.</summary>
    public static async Task<bool?> IsSpokenAtAsync(IPEndPoint end, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ProbeTime);
        var shown = false;
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(end, patience.Token);
            await using var stream = new SslStream(socket.GetStream());
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "orleans-agents",
                    // Nothing is sent by it: that a certificate comes at all is the answer.
                    RemoteCertificateValidationCallback = (_, certificate, _, _) => (shown = certificate is not null) && false,
                },
                patience.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever ended it, what was shown before stands.
            return shown ? true : e is OperationCanceledException or SocketException ? null : false;
        }

        return shown;
    }

    private static string VariableOf(string option) => "AGENTS_" + option.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    private static Option<string> Describe(string name, string text) => new(name)
    {
        Description = $"{text} Unless told, what the environment's {VariableOf(name)} says.",
        HelpName = "file",
    };
}
