using System.Threading.RateLimiting;
using OrleansAgents.Configuration;

namespace OrleansAgents.Endpoints;

/// <summary>How fast each caller may send. A rate that was changed begins anew with a full bucket.</summary>
internal sealed class CallerRates(CallerKeys keys) : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly PartitionedRateLimiter<Share> _limiter = PartitionedRateLimiter.Create<Share, Share>(share =>
        RateLimitPartition.GetTokenBucketLimiter(share, static share => new TokenBucketRateLimiterOptions
        {
            TokenLimit = share.Rate.Burst,
            TokensPerPeriod = share.Rate.PerSecond,
            ReplenishmentPeriod = Second,
            QueueLimit = 0,
        }));

    /// <summary>How long the caller should wait before it sends; null when it may.</summary>
    /// <param name="caller">Who: an identity, or an address where nobody knows.</param>
    /// <param name="rate">The caller's own rate; null for the usual.</param>
    /// <param name="messages">How many messages it wants to send; no more than its rate lets it send at once.</param>
    public TimeSpan? FindWait(string caller, HttpRate? rate, int messages = 1)
    {
        using var lease = _limiter.AttemptAcquire(new Share(caller, RateOf(rate)), messages);
        return lease.IsAcquired ? null
            : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) && wait > Second ? wait : Second;
    }

    /// <summary>The rate that holds for a caller.</summary>
    public HttpRate RateOf(HttpRate? rate) => rate ?? keys.Current.Rate;

    public void Dispose() => _limiter.Dispose();

    private sealed record Share(string Caller, HttpRate Rate);
}
