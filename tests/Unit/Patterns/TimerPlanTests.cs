using System.Text.Json;
using OrleansAgents.Patterns;
using Xunit;

namespace OrleansAgents.Tests.Patterns;

public sealed class TimerPlanTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimerStart Minutely = new("a/1", "test.x", JsonElement.Parse("{}"), TimeSpan.FromMinutes(1));

    [Fact]
    public void Fire_ALittleLate_DoesNotMoveTheNext()
    {
        var (plan, state) = New(Minutely);
        Assert.Equal(Start.AddMinutes(1), plan.Next);
        Assert.True(plan.Fire(Start.AddMinutes(1).AddSeconds(20), isUnderWay: false, 0));
        Assert.Equal((Start.AddMinutes(2), 0L), (plan.Next, state.LeftOut));
    }

    [Theory]
    [InlineData(MissedTicks.Once, true, 5, 4)]
    [InlineData(MissedTicks.None, false, 5, 5)]
    [InlineData(MissedTicks.All, true, 1, 0)]
    public void Fire_FarTooLate_DoesAsTold(MissedTicks missed, bool tells, int ticks, int leftOut)
    {
        var (plan, state) = New(Minutely with { Missed = missed });
        Assert.Equal(tells, plan.Fire(Start.AddMinutes(5.5), isUnderWay: false, 0));
        Assert.Equal((Start.AddMinutes(1 + ticks), (long)leftOut), (plan.Next, state.LeftOut));
    }

    [Fact]
    public void Fire_WhileTheLastIsUnderWay_LeavesItOut()
    {
        var (plan, state) = New(Minutely);
        Assert.False(plan.Fire(Start.AddMinutes(1), isUnderWay: true, 0));
        Assert.Equal((0L, 1L, Start.AddMinutes(2)), (state.Told, state.LeftOut, plan.Next));
    }

    [Fact]
    public void Jitter_OfOneTick_DoesNotAddUp()
    {
        var (plan, state) = New(Minutely with { Jitter = TimeSpan.FromSeconds(30) });
        plan.Fire(Start.AddMinutes(1), isUnderWay: false, 0.5);
        Assert.Equal((Start.AddMinutes(2), Start.AddMinutes(2).AddSeconds(15)), (plan.Next, state.DueAt));
        plan.Fire(state.DueAt, isUnderWay: false, 0.999);
        Assert.Equal(Start.AddMinutes(3), plan.Next);
    }

    [Fact]
    public void Limits_OfNumberAndTime_EndIt()
    {
        var (plan, state) = New(Minutely with { Count = 2 });
        plan.Fire(plan.Next, isUnderWay: false, 0);
        Assert.True(state.IsRunning);
        plan.Fire(plan.Next, isUnderWay: false, 0);
        Assert.False(state.IsRunning);
        (plan, state) = New(Minutely with { Until = Start.AddMinutes(2) });
        plan.Fire(plan.Next, isUnderWay: false, 0);
        Assert.True(state.IsRunning);
        plan.Fire(plan.Next, isUnderWay: false, 0);
        Assert.False(state.IsRunning);
    }

    [Fact]
    public void First_InThePast_CountsFromThereAndMissesNothing()
    {
        var (plan, state) = New(Minutely with { First = Start.AddMinutes(-10.5) });
        Assert.Equal((Start.AddMinutes(0.5), 0L), (plan.Next, state.LeftOut));
    }

    [Fact]
    public void FindFault_OfFaultyTimers_SaysWhy()
    {
        Assert.Null(TimerPlan.FindFault(Minutely));
        Assert.NotNull(TimerPlan.FindFault(Minutely with { Interval = TimeSpan.FromMilliseconds(9) }));
        Assert.NotNull(TimerPlan.FindFault(Minutely with { Count = 0 }));
        Assert.NotNull(TimerPlan.FindFault(Minutely with { Jitter = TimeSpan.FromMinutes(1) }));
        Assert.NotNull(TimerPlan.FindFault(Minutely with { To = "nobody" }));
    }

    private static (TimerPlan Plan, TimerState State) New(TimerStart timer)
    {
        var state = new TimerState();
        var plan = new TimerPlan(state);
        plan.Start("o/1", timer, Start, 0);
        return (plan, state);
    }
}
