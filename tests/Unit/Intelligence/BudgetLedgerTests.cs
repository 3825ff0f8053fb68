using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Intelligence;

public sealed class BudgetLedgerTests
{
    private const string Writer = "writer/anna";

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(10), Hour = TimeSpan.FromHours(1), Minute = TimeSpan.FromMinutes(1);

    private readonly BudgetState _state = new();
    private readonly SpendingLimitsOptions _options = new();
    private DateTimeOffset _now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private BudgetLedger Ledger => new(_state, _options.FindFor(LimitScope.Agent, Writer));

    [Fact]
    public void Reserve_BeyondALimit_IsRefusedWithItsNameAndWhenThereIsRoom()
    {
        _options.Limits["hourly"] = new SpendingLimit { Tokens = 100, Window = Hour };
        var first = Reserve(60);
        Ledger.Settle(first, Writer, new Spending(Tokens: 50), _now);
        _now += Minute * 30;
        Ledger.Settle(Reserve(40), Writer, new Spending(Tokens: 40), _now);
        _now += Minute;
        var refused = Refuse(new Spending(Tokens: 20));
        Assert.Equal(BudgetCodes.OverBudget, refused.Code);
        Assert.Contains("'hourly'", refused.Message, StringComparison.Ordinal);
        // The first 50 leave an hour and one step after the step in which they were spent.
        Assert.Equal((int)(Minute * 30).TotalMilliseconds, refused.RetryAfterMs);
        _now += Minute * 29;
        Refuse(new Spending(Tokens: 20));
        _now += Minute;
        Reserve(60);
    }

    [Fact]
    public void Reserve_OfMoreThanALimitAllowsAtAll_HasNoTimeToComeBack()
    {
        _options.Limits["hourly"] = new SpendingLimit { Cost = 1.5m, Window = Hour };
        var refused = Refuse(new Spending(Cost: 2));
        Assert.Null(refused.RetryAfterMs);
        Assert.Contains("never fits", refused.Message, StringComparison.Ordinal);
        Assert.Equal("/payload/estimate/cost", Assert.Single(refused.Problems!).Pointer);
    }

    [Fact]
    public void Reserve_BeyondSeveral_NamesEach()
    {
        _options.Limits["a"] = new SpendingLimit { Calls = 0 };
        _options.Limits["b"] = new SpendingLimit { Tokens = 5, ToolCalls = 1 };
        Assert.Equal(2, Refuse(new Spending(Tokens: 6, Calls: 1, ToolCalls: 1)).Problems!.Count);
        // What is scarce is not needed.
        Reserve(0);
    }

    [Fact]
    public void Reserve_Twice_SetsAsideOnceAndOnlyForItsOwner()
    {
        _options.Limits["hourly"] = new SpendingLimit { Tokens = 100, Window = Hour };
        var id = Reserve(80);
        var again = Ledger.Reserve(id, Writer, new Spending(Tokens: 80), Within, _now + Minute);
        Assert.Equal(_now + Within, again.ExpiresAt);
        Assert.Equal(80, Ledger.Read(_now).Reserved.Tokens);
        Assert.Equal(RefusalCodes.NotAllowed, Assert.Throws<AgentRefusedException>(() => Ledger.Reserve(id, "other/x", Spending.None, Within, _now)).Code);
        Ledger.Settle(id, Writer, new Spending(Tokens: 10), _now);
        Ledger.Reserve(id, Writer, new Spending(Tokens: 80), Within, _now);
        Assert.Equal((10, 0), (Ledger.Read(_now).Total.Tokens, Ledger.Read(_now).Reserved.Tokens));
    }

    [Fact]
    public void Settle_Twice_CountsOnce()
    {
        var id = Reserve(80);
        Ledger.Settle(id, Writer, new Spending(Tokens: 100, Calls: 1), _now);
        Ledger.Settle(id, Writer, new Spending(Tokens: 100, Calls: 1), _now);
        Assert.Equal(new Spending(Tokens: 100, Calls: 1), Ledger.Read(_now).Total);
        Assert.Equal(BudgetCodes.Unknown, Assert.Throws<AgentRefusedException>(() => Ledger.Settle(Guid.NewGuid(), Writer, Spending.None, _now)).Code);
    }

    [Fact]
    public void Settle_ByAnother_IsRefused()
    {
        var id = Reserve(1);
        Assert.Equal(RefusalCodes.NotAllowed, Assert.Throws<AgentRefusedException>(() => Ledger.Settle(id, "other/x", Spending.None, _now)).Code);
    }

    [Fact]
    public void Reservation_ThatNobodySettles_CountsAsSpentAndIsCorrectedLater()
    {
        _options.Limits["hourly"] = new SpendingLimit { Tokens = 100, Window = Hour };
        var id = Reserve(80);
        _now += Within;
        var reading = Ledger.Read(_now);
        Assert.Equal((80, 0, 80), (reading.Total.Tokens, reading.Reserved.Tokens, reading.Limits[0].Spent.Tokens));
        Ledger.Settle(id, Writer, new Spending(Tokens: 30), _now + Minute);
        Ledger.Settle(id, Writer, new Spending(Tokens: 30), _now + Minute);
        Assert.Equal((30, 30), (Ledger.Read(_now).Total.Tokens, Ledger.Read(_now).Limits[0].Spent.Tokens));
    }

    [Fact]
    public void State_AfterManyCalls_StaysSmall()
    {
        _options.Limits["daily"] = new SpendingLimit { Tokens = long.MaxValue };
        for (var i = 0; i < 3000; i++)
        {
            Ledger.Settle(Reserve(1), Writer, new Spending(Tokens: 1), _now);
            _now += Minute;
        }

        Assert.InRange(_state.Limits["daily"].Count, 55, 62);
        Assert.Equal(BudgetLedger.KeptClosed, _state.Closed.Count);
        Assert.Equal(3000, Ledger.Read(_now).Total.Tokens);
        Assert.InRange(Ledger.Read(_now).Limits[0].Spent.Tokens, 24 * 60, (24 * 60) + 48);
    }

    [Fact]
    public void Limits_OfASubject_AreThoseThatMeanIt()
    {
        _options.Limits["all"] = new SpendingLimit { Tokens = 1 };
        _options.Limits["anna"] = new SpendingLimit { Tokens = 1, Of = "writer/a*" };
        _options.Limits["others"] = new SpendingLimit { Tokens = 1, Of = "pricer/*" };
        _options.Limits["talk"] = new SpendingLimit { Tokens = 1, Per = LimitScope.Conversation };
        Assert.Equal(["all", "anna"], _options.FindFor(LimitScope.Agent, Writer).Select(l => l.Key));
        Assert.Equal(["budget/agent:writer/anna", "budget/conversation:c 1"], _options.FindBudgets(Writer, "c 1", "client/shop").Select(b => b.ToString()));
        _options.Limits.Clear();
        Assert.Empty(_options.FindBudgets(Writer, "c", "client/shop"));
    }

    [Fact]
    public void Address_OfASubjectThatIsNoKey_IsItsHash()
    {
        var address = BudgetAddress.OfConversation(new string('x', 300));
        Assert.StartsWith("conversation:sha256:", address.Key, StringComparison.Ordinal);
        Assert.True(BudgetAddress.TryRead(address.Key, out var scope, out _));
        Assert.Equal(LimitScope.Conversation, scope);
        Assert.False(BudgetAddress.TryRead("anna", out _, out _));
    }

    private Guid Reserve(long tokens) => Ledger.Reserve(Guid.NewGuid(), Writer, new Spending(Tokens: tokens), Within, _now).Reservation;

    private Refusal Refuse(Spending estimate) =>
        Assert.Throws<AgentRefusedException>(() => Ledger.Reserve(Guid.NewGuid(), Writer, estimate, Within, _now)).Refusal;
}
