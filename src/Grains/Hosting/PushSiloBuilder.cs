using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansAgents.A2A;

namespace OrleansAgents.Hosting;

/// <summary>Has a silo post changes of tasks, for callers by A2A.</summary>
public static class PushSiloBuilder
{
    /// <summary>
    /// Has the silo post the changes of tasks to where their owners want them. Where no silo of the cluster does, A2A refuses
    /// push notifications, and its cards say so. Configurations are stored, with the credentials that they hold.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="configure">Sets hosts and times; null for the defaults.</param>
    public static ISiloBuilder AddPushNotifications(this ISiloBuilder silo, Action<PushOptions>? configure = null)
    {
        silo.Services.AddOptions<PushOptions>()
            .Validate(o => o.Patience > TimeSpan.Zero, "PushOptions.Patience must be above zero; 1 hour is the default.")
            .Validate(o => o.Timeout > TimeSpan.Zero && o.Timeout <= TimeSpan.FromSeconds(30), "PushOptions.Timeout must be above zero and 30 seconds at most; 15 seconds are the default.")
            .ValidateOnStart();
        if (configure is not null)
        {
            silo.Services.Configure(configure);
        }

        if (silo.Services.Any(s => s.ServiceType == typeof(PushSender)))
        {
            return silo;
        }

        silo.Services.AddSingleton<PushSender>(services => new PushSender(services.GetRequiredService<IOptions<PushOptions>>()));
        return silo.AddAgent(typeof(PushAgent));
    }
}
