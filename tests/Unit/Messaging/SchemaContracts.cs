using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Messaging;

/// <summary>Contracts whose schemas the tests look at.</summary>
internal static class SchemaContracts
{
    public enum Way
    {
        Air,
        ByRoad,
    }

    [Contract("test.plain")]
    public sealed record Plain(string Name, int? Count = null) : IQuery<string[]>;

    [Contract("test.order")]
    [Description("An order.")]
    public sealed record Order(
        [Range(1, 100)] int Count,
        [StringLength(8, MinimumLength = 2)] string Name,
        [RegularExpression("[A-Z][0-9]+")] string Sku,
        [property: Range(0.5, double.PositiveInfinity, MinimumIsExclusive = true)] decimal Price,
        [AllowedValues(Way.ByRoad)] Way Way,
        [MinLength(1), MaxLength(3)] IReadOnlyList<Line> Lines,
        [Required, Description("Who pays.")] string? Payer = null,
        [MaxLength(2)] IReadOnlyDictionary<string, int>? Tags = null)
        : IRequest<OrderPlaced>;

    public sealed record Line([Range(1, 9)] int Count, Line? Inner = null, Line[]? Others = null);

    public sealed record OrderPlaced(int Number, [property: Description("When it comes.")] string? Day);

    // The inner lines are referred to as the outer one, which alone must be there.
    [Contract("test.chain")]
    public sealed record Chain([property: Required] Link? First);

    public sealed record Link([Range(1, 9)] int Count, Link? Next = null);

    [Contract("test.shape")]
    public sealed record Drawing(Shape Shape);

    [JsonPolymorphic]
    [JsonDerivedType(typeof(Circle), "circle")]
    [JsonDerivedType(typeof(Box), "box")]
    public abstract record Shape;

    public sealed record Circle([Range(1, 10)] int Radius) : Shape;

    public sealed record Box(int Width) : Shape;

    [Contract("test.own", 1, Schema = "test.own.v1.schema.json")]
    public sealed record Own(string Sku, Own.Part[] Lines, string? Note = null)
    {
        public sealed record Part(int Count, string Way = "air");
    }

    [Contract("test.slow")]
    public sealed record Slow([RegularExpression("(?=a)(a+)+b")] string Text);

    [Contract("test.missing", 1, Schema = "test.missing.schema.json")]
    public sealed record Missing;

    [Contract("test.keyword", 1, Schema = "test.keyword.schema.json")]
    public sealed record Keyword;

    [Contract("test.reference", 1, Schema = "test.reference.schema.json")]
    public sealed record Reference;

    [Contract("test.array", 1, Schema = "test.array.schema.json")]
    public sealed record NoObject;

    [Contract("test.broken", 1, Schema = "test.broken.schema.json")]
    public sealed record Broken;

    [Contract("test.pattern")]
    public sealed record BadPattern([RegularExpression("[a")] string Text);

    [Contract("test.range")]
    public sealed record BadRange([Range(typeof(DateTime), "2020-01-01", "2021-01-01")] DateTime Day);

    [Contract("test.length")]
    public sealed record BadLength([MaxLength(3)] int Number);
}
