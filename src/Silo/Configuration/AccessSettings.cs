using Microsoft.Extensions.Options;
using OrleansAgents.Hosting;
using OrleansAgents.Security;

namespace OrleansAgents.Configuration;

/// <summary>The access rules among the silo's settings. They are read again when a file of settings changes.</summary>
internal static class AccessSettings
{
    /// <summary>The section below that of the silo.</summary>
    public const string Name = "Access";

    private const string RulesName = nameof(AccessOptions.Rules);

    private static readonly string[] Members =
    [
        nameof(AccessRule.Name), nameof(AccessRule.From), nameof(AccessRule.Send), nameof(AccessRule.To), nameof(AccessRule.Publish),
        nameof(AccessRule.Subscribe), nameof(AccessRule.Deny),
    ];

    /// <summary>Has the silo follow the rules of its configuration, now and when it changes.</summary>
    public static void AddAccessRules(this ISiloBuilder silo)
    {
        silo.UseAccessRules();
        silo.Services.AddOptions<AccessOptions>().Configure<IConfiguration>((options, configuration) => Read(Section(configuration), options));
        silo.Services.AddSingleton<IOptionsChangeTokenSource<AccessOptions>>(
            services => new ConfigurationChangeTokenSource<AccessOptions>(Section(services.GetRequiredService<IConfiguration>())));
    }

    /// <summary>Tries the rules that the silo is to start with.</summary>
    /// <param name="silo">The silo's section.</param>
    /// <exception cref="SettingsException">A rule is faulty.</exception>
    public static void Check(IConfigurationSection silo)
    {
        var options = new AccessOptions();
        Read(silo.GetSection(Name), options);
        try
        {
            _ = new AccessPolicy(options);
        }
        catch (OptionsValidationException e)
        {
            throw new SettingsException(e.Message);
        }
    }

    /// <summary>Reads the rules. What is wrong with them is left to whoever makes a policy of them: options that throw when a file changes would reach nobody's log.</summary>
    public static void Read(IConfigurationSection section, AccessOptions options)
    {
        try
        {
            section.RefuseUnknown([RulesName]);
            foreach (var rule in section.GetSection(RulesName).GetChildren())
            {
                options.Rules.Add(ReadRule(rule));
            }
        }
        catch (SettingsException e)
        {
            options.Fault = e.Message;
        }
    }

    private static AccessRule ReadRule(IConfigurationSection section)
    {
        section.RefuseUnknown(Members);
        var rule = new AccessRule
        {
            Path = section.Path,
            Name = section[nameof(AccessRule.Name)],
            From = section[nameof(AccessRule.From)] ?? "",
            Send = section[nameof(AccessRule.Send)],
            To = section[nameof(AccessRule.To)],
            Publish = section[nameof(AccessRule.Publish)],
            Subscribe = section[nameof(AccessRule.Subscribe)],
        };
        section.ReadValue<bool>(nameof(AccessRule.Deny), "true or false", bool.TryParse, deny => rule.Deny = deny);
        return rule;
    }

    private static IConfigurationSection Section(IConfiguration configuration) => configuration.GetSection(SiloOptions.Section).GetSection(Name);
}
