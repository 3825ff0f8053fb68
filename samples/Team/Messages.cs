using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using OrleansAgents.Messaging;

namespace OrleansAgents.Samples.Team;

/// <summary>Has an article written. It takes a while: start it as a run.</summary>
[Contract("article.commission")]
public sealed record CommissionArticle(string About);

/// <summary>Has a draft read.</summary>
[Contract("draft.review")]
public sealed record ReviewDraft(string About, string Draft) : IRequest<Review>;

[Contract("draft.reviewed")]
[Description("What a reviewer says of a draft.")]
public sealed record Review(
    [property: Range(0, 10), Description("How many faults it has; 0 where it may be printed.")] int Faults,
    [property: Description("What is to be done about them.")] string Remark);
