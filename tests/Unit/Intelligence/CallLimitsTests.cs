using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Intelligence;
using Xunit;

namespace OrleansAgents.Tests.Intelligence;

public sealed class CallLimitsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ModelOptions _options = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<Exception, bool, bool> Failures => new()
    {
        { new IOException("cut"), false, true },
        { new InvalidOperationException("wrapped", new IOException("cut")), false, true },
        { new IOException("cut"), true, false },
        { new System.Text.Json.JsonException("no JSON"), false, false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Failure_OfAClient_IsBrokenAndTransientOnlyBeforeTheFirstToken(Exception failure, bool hasBegun, bool isTransient)
    {
        using var limits = new CallLimits("default", _options, _time, Token);
        var end = await Assert.ThrowsAsync<ModelException>(() => limits.RunAsync<int>(_ => throw failure, limits.Whole, hasBegun: hasBegun).AsTask());
        Assert.Equal((ModelCodes.Broken, hasBegun, isTransient), (end.Code, end.HasBegun, end.IsTransient));
    }

    [Fact]
    public async Task Mistake_OfTheProgram_IsLeftAsItIs()
    {
        using var limits = new CallLimits("default", _options, _time, Token);
        await Assert.ThrowsAsync<NotSupportedException>(() => limits.RunAsync<int>(_ => throw new NotSupportedException("mine"), limits.Whole).AsTask());
    }

    [Fact]
    public async Task Failure_AfterTheFirstToken_SaysThatItHadBegun()
    {
        using var limits = new CallLimits("default", _options, _time, Token);
        var end = await Assert.ThrowsAsync<ModelException>(
            () => limits.RunAsync<int>(_ => throw new ModelException(ModelCodes.Unavailable, "gone") { IsTransient = true }, limits.Whole, hasBegun: true).AsTask());
        Assert.Equal((ModelCodes.Unavailable, true, false), (end.Code, end.HasBegun, end.IsTransient));
    }
}
