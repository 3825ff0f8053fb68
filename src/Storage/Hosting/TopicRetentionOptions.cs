using Microsoft.Extensions.DependencyInjection;
using OrleansAgents.Topics;

namespace OrleansAgents.Hosting;

/// <summary>What every durable store checks before it throws events away.</summary>
internal static class TopicRetentionOptions
{
    public static void AddTopicRetention(this IServiceCollection services) => services.AddOptions<TopicRetention>()
        .Validate(r => r.Age > TimeSpan.Zero && r.Bytes > 0, "TopicRetention.Age and Bytes must be above zero; 7 days and 1 GiB are the defaults.")
        .ValidateOnStart();
}
