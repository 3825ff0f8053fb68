using System.Runtime.CompilerServices;
using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>
/// The first try of a question at one agent. Its answer is taken on the thread that brings it, so that a thousand of them
/// do not pass one by one through the asking agent's scheduler, and the whole wait is this object.
/// </summary>
internal sealed class QuestionCall
{
    private readonly AgentHost _host;
    private readonly Question _question;
    private readonly OpenQuestions _owner;
    private readonly int _leg;
    private ConfiguredValueTaskAwaitable<Reply>.ConfiguredValueTaskAwaiter _answer;

    private QuestionCall(AgentHost host, Question question, int leg, OpenQuestions owner) =>
        (_host, _question, _leg, _owner) = (host, question, leg, owner);

    public static void Start(AgentHost host, Question question, int leg, OpenQuestions owner)
    {
        var call = new QuestionCall(host, question, leg, owner);
        try
        {
            call._answer = host.CallAsync(question.Legs[leg]).ConfigureAwait(false).GetAwaiter();
        }
        catch (Exception e)
        {
            call.Take(AgentHost.ToReply(question.Legs[leg], e));
            return;
        }

        if (call._answer.IsCompleted)
        {
            call.OnAnswered();
        }
        else
        {
            call._answer.UnsafeOnCompleted(call.OnAnswered);
        }
    }

    /// <summary>Whether the agent is to be asked again: it may answer yet, or have answered and nobody heard it.</summary>
    public static bool IsToRepeat(Reply reply) => Delivery.IsTransient(reply) || reply.Refusal?.Code == RefusalCodes.Unreachable;

    /// <summary>Gives a question its answer, opened.</summary>
    public static void Take(AgentHost host, Question question, int leg, Reply reply)
    {
        try
        {
            question.Take(leg, host.Cipher?.OpenReply(question.Legs[leg], reply) ?? reply);
        }
        catch (AgentTimeoutException e)
        {
            // It answered, and nobody here can read what.
            question.Take(leg, Reply.Refused(new Refusal(e.Code, e.Message)));
        }
    }

    private void OnAnswered()
    {
        Reply reply;
        try
        {
            reply = _answer.GetResult();
        }
        catch (Exception e)
        {
            reply = AgentHost.ToReply(_question.Legs[_leg], e);
        }

        Take(reply);
    }

    private void Take(Reply reply)
    {
        if (IsToRepeat(reply))
        {
            _owner.Repeat(_question, _leg, reply);
        }
        else
        {
            Take(_host, _question, _leg, reply);
        }
    }
}
