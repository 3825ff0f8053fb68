using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Blackboard;
using OrleansAgents.Conversations;
using OrleansAgents.Runs;

namespace OrleansAgents.Hosting;

/// <summary>What is demanded of the options of the runtime and its protocols, at start.</summary>
internal static class CheckedOptions
{
    public static void AddCheckedOptions(this IServiceCollection services)
    {
        services.AddOptions<AgentOptions>()
            .Validate(o => o.QueueLength > 0, "AgentOptions.QueueLength must be 1 or more; 10,000 is the default.")
            .Validate(o => o.VolatileWindow > 0, "AgentOptions.VolatileWindow must be 1 or more; 256 is the default.")
            .Validate(o => o.OutboxLength > 0, "AgentOptions.OutboxLength must be 1 or more; 10,000 is the default.")
            .Validate(o => o.Labels.All(AgentId.IsKind), $"AgentOptions.Labels holds a text that is no label; a label is a lower-case letter and then lower-case letters, digits or hyphens, {AgentId.MaxKindLength} at most.")
            .Validate(o => o.WakePeriod > TimeSpan.Zero, "AgentOptions.WakePeriod must be above zero; 100 ms is the default.")
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AgentOptions>, AuditKeyValidation>());
        services.AddOptions<HandledWindow>()
            .Validate(w => w.Count > 0 && w.Age > TimeSpan.Zero, "HandledWindow.Count and Age must be above zero; 10,000 and 10 minutes are the defaults.")
            .ValidateOnStart();
        services.AddOptions<BlackboardOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BlackboardOptions>, BlackboardOptionsValidation>());
        services.AddOptions<ConversationOptions>()
            .Validate(o => o.MaxMessages > 0, "ConversationOptions.MaxMessages must be 1 or more; 10,000 is the default.")
            .Validate(o => o.MaxBytes > 0, "ConversationOptions.MaxBytes must be 1 or more; 64 MiB is the default.")
            .Validate(o => o.Age > TimeSpan.Zero && o.Age <= ConversationOptions.LongestAge, $"ConversationOptions.Age must be above zero and {ConversationOptions.LongestAge.TotalDays:0} days at most; 7 days are the default.")
            .ValidateOnStart();
        services.AddOptions<RunOptions>()
            .Validate(o => o.Within > TimeSpan.Zero && o.Within <= RunOptions.Longest, $"RunOptions.Within must be above zero and {RunOptions.Longest.TotalDays:0} days at most; 1 hour is the default.")
            .Validate(o => o.Age > TimeSpan.Zero && o.Age <= RunOptions.Longest, $"RunOptions.Age must be above zero and {RunOptions.Longest.TotalDays:0} days at most; 7 days are the default.")
            .Validate(o => o.MaxEvents > 0 && o.MaxBytes > 0, "RunOptions.MaxEvents and MaxBytes must be above zero; 100,000 and 16 MiB are the defaults.")
            .ValidateOnStart();
    }
}
