using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Security;

namespace OrleansAgents.Hosting;

/// <summary>Says which messages a silo takes in only when they are signed.</summary>
public static class SignatureSiloBuilder
{
    /// <summary>
    /// Sets the policy, in place of the one that <see cref="AgentSiloBuilder.AddAgents"/> takes from the environment. The
    /// keys are <see cref="KeyRingOptions"/>: <c>silo.Services.Configure&lt;KeyRingOptions&gt;(…)</c>, from code or from
    /// a section of the configuration.
    /// </summary>
    public static ISiloBuilder UseSignatures(this ISiloBuilder silo, SignaturePolicy policy, Action<SignatureOptions>? configure = null)
    {
        var services = silo.Services;
        Remove(services);
        services.AddSingleton(new ChosenPolicy(policy));
        if (configure is not null)
        {
            services.Configure(configure);
        }

        if (policy == SignaturePolicy.None)
        {
            return silo;
        }

        services.AddOptions<SignatureOptions>()
            .Validate<IOptions<HandledWindow>>(
                (o, window) => o.ClockAllowance > TimeSpan.Zero && o.ClockAllowance <= window.Value.Age,
                "SignatureOptions.ClockAllowance must be above zero and no longer than HandledWindow.Age; 5 and 10 minutes are the defaults.")
            .ValidateOnStart();
        services.TryAddSingleton<KeyRing>();
        services.TryAddSingleton<MessageSigner>();
        services.AddSingleton<IGateCheck, SignatureCheck>();
        if (policy == SignaturePolicy.External)
        {
            services.AddSingleton<IIncomingGrainCallFilter, OutsideCalls>();
        }
        else
        {
            services.TryAddSingleton<OutgoingSignatures>();
        }

        return silo;
    }

    /// <summary>Sets the policy that holds where nobody says otherwise.</summary>
    internal static void UseDefaultSignatures(this ISiloBuilder silo)
    {
        if (!silo.Services.Any(s => s.ServiceType == typeof(ChosenPolicy)))
        {
            var environment = silo.Services.LastOrDefault(s => s.ServiceType == typeof(IHostEnvironment))?.ImplementationInstance as IHostEnvironment;
            silo.UseSignatures(environment?.IsDevelopment() is true ? SignaturePolicy.None : SignaturePolicy.External);
        }
    }

    private static void Remove(IServiceCollection services)
    {
        Type[] parts = [typeof(SignatureCheck), typeof(OutsideCalls), typeof(OutgoingSignatures)];
        foreach (var part in services.Where(s => s.ServiceType == typeof(ChosenPolicy) || parts.Contains(s.ImplementationType)).ToArray())
        {
            services.Remove(part);
        }
    }
}
