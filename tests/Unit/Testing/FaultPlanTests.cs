using OrleansAgents.Messaging;
using OrleansAgents.Testing.Faults;
using Xunit;

namespace OrleansAgents.Tests.Testing;

public sealed class FaultPlanTests
{
    [Fact]
    public void Strike_SameSeed_SameDecisionsWhateverTheIdsAre()
    {
        var first = Strike(new FaultPlan(5), 200);
        Assert.Equal(first, Strike(new FaultPlan(5), 200));
        Assert.NotEqual(first, Strike(new FaultPlan(6), 200));
        Assert.InRange(first.Count(f => f is not null), 40, 120);
    }

    [Fact]
    public void Strike_RepeatsInBetween_DoNotShiftTheMessagesBehind()
    {
        var plan = Planned(new FaultPlan(5));
        var expected = Strike(new FaultPlan(5), 50);
        var repeated = MessageId.New();
        for (var i = 0; i < 50; i++)
        {
            var id = i == 0 ? repeated : MessageId.New();
            Assert.Equal(expected[i], plan.StrikeMessage("client/a", "account/a", id));
            plan.StrikeMessage("client/a", "account/a", repeated);
        }
    }

    [Fact]
    public void Strike_OtherLinksInBetween_ChangeNothing()
    {
        var plan = Planned(new FaultPlan(5));
        var expected = Strike(new FaultPlan(5), 50);
        for (var i = 0; i < 50; i++)
        {
            plan.StrikeMessage("client/b", "account/a", MessageId.New());
            Assert.Equal(expected[i], plan.StrikeMessage("client/a", "account/a", MessageId.New()));
        }
    }

    [Fact]
    public void Strike_ARuleAddedBehind_ChangesNoDecisionBefore()
    {
        var plan = Planned(new FaultPlan(5));
        plan.Link("other/*").DropReply(When.Always);
        var expected = Strike(new FaultPlan(5), 50);
        Assert.Equal(expected, Enumerable.Range(0, 50).Select(_ => plan.StrikeMessage("client/a", "account/a", MessageId.New())));
    }

    [Fact]
    public void Number_Two_StrikesOnlyTheFirstTryOfTheSecondMessage()
    {
        var plan = new FaultPlan(1);
        plan.Link(to: "account/*").DropReply(When.Number(2));
        var second = MessageId.New();
        Assert.Null(plan.StrikeMessage("client/a", "account/a", MessageId.New()));
        Assert.Equal(FaultKind.DropReply, plan.StrikeMessage("client/a", "account/a", second)!.Kind);
        Assert.Null(plan.StrikeMessage("client/a", "account/a", second));
        Assert.Null(plan.StrikeMessage("client/a", "pricer/a", MessageId.New()));
    }

    [Fact]
    public void Strike_WhilePaused_IsNothingAndCounts()
    {
        var plan = new FaultPlan(1);
        plan.Commits("account/*").FailBefore(When.Number(2));
        plan.Pause();
        Assert.Null(plan.StrikeCommit("account/a"));
        plan.Resume();
        Assert.Equal("FailBeforeCommit account/a #2", plan.StrikeCommit("account/a")!.ToString());
        Assert.Null(plan.StrikeCommit("account/b"));
    }

    [Fact]
    public void Delay_BetweenTwoTimes_IsDecidedByTheSeed()
    {
        var plan = new FaultPlan(9);
        plan.Link().Delay(When.Always, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(20));
        var times = Enumerable.Range(0, 100).Select(_ => plan.StrikeMessage("a/a", "b/b", MessageId.New())!.Time.TotalMilliseconds).ToList();
        Assert.All(times, t => Assert.InRange(t, 10, 20));
        Assert.True(times.Distinct().Count() > 90);
    }

    [Fact]
    public void Text_OfAPlan_NamesSeedAndFaults()
    {
        var plan = new FaultPlan(77).Restart("account/*", When.Always);
        Assert.True(plan.StrikeAgent("account/a", MessageId.New()));
        Assert.Equal($"seed 77, 1 faults{Environment.NewLine}  Restart -> account/a #1", plan.ToString());
    }

    [Fact]
    public void Settings_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => When.Chance(1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => When.Number());
        Assert.Throws<ArgumentOutOfRangeException>(() => When.Number(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FaultPlan(1).Link().Delay(When.Always, TimeSpan.FromTicks(2), TimeSpan.FromTicks(1)));
        Assert.Throws<ArgumentException>(() => new FaultPlan(1).Link(""));
    }

    private static FaultPlan Planned(FaultPlan plan)
    {
        plan.Link("client/*", "account/*").DropRequest(When.Chance(0.2)).Duplicate(When.Chance(0.2));
        return plan;
    }

    private static List<InjectedFault?> Strike(FaultPlan plan, int messages)
    {
        Planned(plan);
        return [.. Enumerable.Range(0, messages).Select(_ => plan.StrikeMessage("client/a", "account/a", MessageId.New()))];
    }
}
