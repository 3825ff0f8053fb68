using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace OrleansAgents.Security;

/// <summary>
/// Puts TLS between a connection and Orleans, with a certificate on both sides. Behind the handshake each side sends one byte
/// and waits for the other's: with TLS 1.3 either can be done before the other has looked at its certificate, and would
/// otherwise learn of a refusal as a connection that broke for no reason.
/// </summary>
internal sealed class TlsHandshake(TlsCertificates certificates, HandshakeLog log, TimeProvider time)
{
    private const byte FirstByteOfTls = 0x16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly byte[] Welcome = [1];

    /// <summary>The middleware of the side that was called.</summary>
    public ConnectionDelegate Accept(ConnectionDelegate next) => async connection =>
    {
        var bare = connection.Transport;
        var stream = new SslStream(new ConnectionStream(bare));
        await using (stream)
        {
            // Orleans is told nothing of a handshake that failed: the log has it, and it would log each once more.
            if (await TryAsync(connection, stream, AcceptAsync, throwing: false))
            {
                await GoOnAsync(connection, bare, stream, next);
            }
        }
    };

    /// <summary>The middleware of the side that calls.</summary>
    public ConnectionDelegate Connect(ConnectionDelegate next) => async connection =>
    {
        var bare = connection.Transport;
        var stream = new SslStream(new ConnectionStream(bare));
        await using (stream)
        {
            await TryAsync(connection, stream, ConnectAsync, throwing: true);
            await GoOnAsync(connection, bare, stream, next);
        }
    };

    private static async Task GoOnAsync(ConnectionContext connection, IDuplexPipe bare, SslStream stream, ConnectionDelegate next)
    {
        connection.Transport = new TlsTransport(stream);
        try
        {
            await next(connection);
        }
        finally
        {
            // Its owner closes it, and knows only the bare one.
            connection.Transport = bare;
        }
    }

    private async Task<bool> TryAsync(
        ConnectionContext connection, SslStream stream, Func<ConnectionContext, SslStream, CancellationToken, Task<string?>> shake, bool throwing)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        string? reason;
        try
        {
            if ((reason = await shake(connection, stream, patience.Token)) is null)
            {
                return true;
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            reason = $"it did not finish the handshake within {Patience.TotalSeconds:0} s";
        }
        catch (OperationCanceledException)
        {
            reason = "the connection was closed during the handshake";
        }

        if (reason.Length > 0)
        {
            log.Failed(connection.RemoteEndPoint, reason, Remedy);
        }

        return throwing ? throw new ConnectionAbortedException($"No TLS connection with {connection.RemoteEndPoint}: {reason}; {Remedy}.") : false;
    }

    private string Remedy => $"both sides need TLS with a valid certificate of the other's authority, as {certificates.Options.Called.Certificate} and {certificates.Options.Called.Authority} have it here";

    /// <summary>Null when all is well; empty for who left without a word, as probes do; else what is wrong with the other side.</summary>
    private async Task<string?> AcceptAsync(ConnectionContext connection, SslStream stream, CancellationToken cancellationToken)
    {
        var check = new PeerCheck(certificates.Current, certificates.Options, time.GetUtcNow(), ofServer: false);
        try
        {
            var first = await PeekAsync(connection.Transport.Input, cancellationToken);
            if (first != FirstByteOfTls)
            {
                return first is null ? "" : "it speaks no TLS";
            }

            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificates.Current.Context,
                    ClientCertificateRequired = true,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    CertificateChainPolicy = check.CreatePolicy(),
                    RemoteCertificateValidationCallback = check.Accept,
                    // A resumed session would go on with the certificate of before a change.
                    AllowTlsResume = false,
                },
                cancellationToken);
        }
        catch (Exception e) when (e is IOException or AuthenticationException or InvalidOperationException)
        {
            return check.Fault ?? $"it ended the handshake, as one does that does not take this side's certificate ({Innermost(e)})";
        }

        return await WelcomeAsync(stream, cancellationToken);
    }

    /// <summary>The first byte that the other side sends, left where it is; null when it leaves before.</summary>
    private static async Task<byte?> PeekAsync(PipeReader input, CancellationToken cancellationToken)
    {
        try
        {
            var first = await input.ReadAsync(cancellationToken);
            byte? value = first.Buffer.IsEmpty ? null : first.Buffer.FirstSpan[0];
            input.AdvanceTo(first.Buffer.Start);
            return value;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && (e is IOException or OperationCanceledException))
        {
            return null;
        }
    }

    private async Task<string?> ConnectAsync(ConnectionContext connection, SslStream stream, CancellationToken cancellationToken)
    {
        var check = new PeerCheck(certificates.Current, certificates.Options, time.GetUtcNow(), ofServer: true);
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    // It stands in the clear, so it is nobody's name.
                    TargetHost = "orleans-agents",
                    ClientCertificateContext = certificates.Current.Context,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    CertificateChainPolicy = check.CreatePolicy(),
                    RemoteCertificateValidationCallback = check.Accept,
                    AllowTlsResume = false,
                },
                cancellationToken);
        }
        catch (Exception e) when (e is IOException or AuthenticationException or InvalidOperationException)
        {
            return check.Fault ?? $"it ended the handshake, as one does that speaks no TLS or does not take this side's certificate ({Innermost(e)})";
        }

        return await WelcomeAsync(stream, cancellationToken);
    }

    private static async Task<string?> WelcomeAsync(SslStream stream, CancellationToken cancellationToken)
    {
        const string Refused = "it does not take this side's certificate, and says why in its log or on its screen";
        try
        {
            await stream.WriteAsync(Welcome, cancellationToken);
            return await stream.ReadAsync(new byte[1], cancellationToken) == 1 ? null : Refused;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return Refused;
        }
    }

    private static string Innermost(Exception e) => e.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.');
}
