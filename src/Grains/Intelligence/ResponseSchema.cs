using System.Text.Json;
using Microsoft.Extensions.AI;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>Has a model answer with the record of a contract: its schema is the format asked for, and the answer is read back by it.</summary>
public static class ResponseSchema
{
    /// <summary>The format for <see cref="ChatOptions.ResponseFormat"/>: the schema of the contract's payload, under its name.</summary>
    /// <exception cref="ArgumentException">The contract has no record here.</exception>
    public static ChatResponseFormatJson For(Contract contract)
    {
        if (contract.MessageType is null)
        {
            throw new ArgumentException($"{contract} has no record here, and so no schema.", nameof(contract));
        }

        var schema = ContractSchema.Payload(contract);
        return ChatResponseFormat.ForJsonSchema(JsonSerializer.SerializeToElement(schema), ToolName.For(contract), (string?)schema["description"]);
    }

    /// <inheritdoc cref="For(Contract)"/>
    public static ChatResponseFormatJson For<TMessage>() => For(Contract.Of<TMessage>());

    /// <summary>
    /// Reads a model's answer. A fence of three backticks around it is taken off, as models put one there although they
    /// were told not to.
    /// </summary>
    /// <param name="contract">What it should be; its record must be known here.</param>
    /// <param name="text">What the model said.</param>
    public static ResponseReading Read(Contract contract, string text) => ResponseReading.Of(contract, text);

    /// <summary>Reads a model's answer; the problems are empty where there is a record.</summary>
    /// <inheritdoc cref="Read(Contract, string)" path="/param[@name='text']"/>
    public static (TMessage? Message, IReadOnlyList<Problem> Problems) Read<TMessage>(string text)
        where TMessage : class =>
        Read(Contract.Of<TMessage>(), text) is var reading ? ((TMessage?)reading.Message, reading.Problems) : default;
}
