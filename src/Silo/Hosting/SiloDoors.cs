using OrleansAgents.Configuration;
using OrleansAgents.Security;

namespace OrleansAgents.Hosting;

/// <summary>What the silo's doors show, and what is said of those that stand open.</summary>
internal static partial class SiloDoors
{
    /// <summary>Has https addresses show the certificate that silos show, and go over to a new one with it.</summary>
    public static void UseCertificate(this WebApplicationBuilder builder, SiloOptions options)
    {
        if (!DoorRule.SharesCertificate(options, builder.Configuration))
        {
            return;
        }

        builder.WebHost.ConfigureKestrel(server => server.ConfigureHttpsDefaults(https =>
        {
            var certificates = server.ApplicationServices.GetRequiredService<TlsCertificates>();
            https.ServerCertificate = certificates.Current.Certificate;
            // The one of now, with the intermediate certificates.
            https.OnAuthenticate = (_, tls) => tls.ServerCertificateContext = certificates.Current.Context;
        }));
    }

    public static WebApplication WarnOf(this WebApplication app, IReadOnlyList<string> open)
    {
        if (open.Count > 0)
        {
            LogOpen(app.Logger, string.Join(", ", open));
        }

        return app;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agents:Tls:Plaintext is true: these doors are open beyond this machine and not encrypted, and whoever reaches that of silos and clients can call any agent: {Doors}")]
    private static partial void LogOpen(ILogger logger, string doors);
}
