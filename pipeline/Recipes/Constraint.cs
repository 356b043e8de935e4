using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>What an option's value must be beyond its type: checked when a recipe is read, and written into the JSON Schema.</summary>
internal abstract record Constraint
{
    /// <summary>The rule in words, for example "at least 1".</summary>
    public abstract string Expected { get; }

    public abstract bool Holds(object value);

    /// <summary>Adds the rule to the JSON Schema of the option.</summary>
    public abstract void Describe(JsonObject schema);

    public static Constraint AtLeast(double min) => new NumberRange(min, false, double.PositiveInfinity, true);

    public static Constraint MoreThan(double min) => new NumberRange(min, true, double.PositiveInfinity, true);

    public static Constraint Between(double min, double max) => new NumberRange(min, false, max, false);

    /// <summary>[min, max)</summary>
    public static Constraint Below(double min, double max) => new NumberRange(min, false, max, true);

    /// <summary>(min, max)</summary>
    public static Constraint Inside(double min, double max) => new NumberRange(min, true, max, true);

    /// <summary>(min, max]</summary>
    public static Constraint MoreThanTo(double min, double max) => new NumberRange(min, true, max, false);

    public static Constraint OneOf(params string[] values) => new Choice(values);

    public static Constraint Matches(string whole, string expected) => new Pattern(whole, expected);

    public static Constraint Count(int min, int max) => new ItemCount(min, max);

    public static Constraint EachNamed(Constraint item) => new NamedItems(item);

    public static Constraint Each(Constraint item, int minItems = 0) => new Items(item, minItems);
}

/// <summary>A finite number within bounds, each of which belongs to the range or not.</summary>
internal sealed record NumberRange(double Min, bool MinExcluded, double Max, bool MaxExcluded) : Constraint
{
    public override string Expected =>
        double.IsPositiveInfinity(Max) ? $"{(MinExcluded ? "more than" : "at least")} {Text(Min)}"
        : $"a value in {(MinExcluded ? '(' : '[')}{Text(Min)}, {Text(Max)}{(MaxExcluded ? ')' : ']')}";

    public override bool Holds(object value)
    {
        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return double.IsFinite(number)
            && (MinExcluded ? number > Min : number >= Min)
            && (MaxExcluded ? number < Max : number <= Max);
    }

    public override void Describe(JsonObject schema)
    {
        schema[MinExcluded ? "exclusiveMinimum" : "minimum"] = Min;
        if (double.IsFinite(Max)) schema[MaxExcluded ? "exclusiveMaximum" : "maximum"] = Max;
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}

internal sealed record Choice(IReadOnlyList<string> Values) : Constraint
{
    public override string Expected => $"one of {string.Join(", ", Values)}";

    public override bool Holds(object value) => Values.Contains((string)value);

    public override void Describe(JsonObject schema) => schema["enum"] = new JsonArray([.. Values.Select(v => JsonValue.Create(v))]);
}

internal sealed record Pattern(string Whole, string Expected) : Constraint
{
    public override string Expected { get; } = Expected;

    public override bool Holds(object value) => Regex.IsMatch((string)value, $@"^(?:{Whole})\z", RegexOptions.CultureInvariant);

    public override void Describe(JsonObject schema) => schema["pattern"] = $"^(?:{Whole})$";
}

/// <summary>A list of at least so many items, each of which keeps a rule of its own.</summary>
internal sealed record Items(Constraint Item, int MinItems) : Constraint
{
    public override string Expected => MinItems == 0 ? $"each {Item.Expected}" : $"at least {MinItems} item{(MinItems == 1 ? "" : "s")}, each {Item.Expected}";

    public override bool Holds(object value)
    {
        var items = ((IEnumerable)value).Cast<object>().ToArray();
        return items.Length >= MinItems && items.All(Item.Holds);
    }

    public override void Describe(JsonObject schema)
    {
        if (MinItems > 0) schema["minItems"] = MinItems;
        Item.Describe(schema["items"]!.AsObject());
    }
}

/// <summary>A list of so many items.</summary>
internal sealed record ItemCount(int Min, int Max) : Constraint
{
    public override string Expected => Min == Max ? $"{Min} items" : $"{Min} to {Max} items";

    public override bool Holds(object value) => ((IEnumerable)value).Cast<object>().Count() is var count && count >= Min && count <= Max;

    public override void Describe(JsonObject schema)
    {
        schema["minItems"] = Min;
        schema["maxItems"] = Max;
    }
}

/// <summary>A mapping from at least one name, each value of which keeps a rule of its own.</summary>
internal sealed record NamedItems(Constraint Item) : Constraint
{
    public override string Expected => $"at least one name, each with {Item.Expected}";

    public override bool Holds(object value) => ((IDictionary)value).Values.Cast<object>().ToArray() is { Length: > 0 } items && items.All(Item.Holds);

    public override void Describe(JsonObject schema)
    {
        schema["minProperties"] = 1;
        Item.Describe(schema["patternProperties"]![RecipeSchema.AnyName]!.AsObject());
    }
}
