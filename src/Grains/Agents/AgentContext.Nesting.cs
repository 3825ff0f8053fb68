namespace OrleansAgents.Agents;

/// <content>A turn in the middle of another.</content>
public sealed partial class AgentContext
{
    /// <summary>Whether it is a turn in the middle of another.</summary>
    internal bool IsNested { get; set; }

    internal void MergeInto(AgentContext outer)
    {
        if (Outgoing is not null)
        {
            (outer.Outgoing ??= []).AddRange(Outgoing);
        }

        if (Scheduled is not null)
        {
            (outer.Scheduled ??= []).AddRange(Scheduled);
        }

        if (Unscheduled is not null)
        {
            (outer.Unscheduled ??= []).AddRange(Unscheduled);
        }

        if (Questions is not null)
        {
            (outer.Questions ??= []).AddRange(Questions);
        }

        if (Works is not null)
        {
            (outer.Works ??= []).AddRange(Works);
        }

        if (Later is not null)
        {
            (outer.Later ??= new LaterAnswers()).Given.AddRange(Later.Given);
        }
    }
}
