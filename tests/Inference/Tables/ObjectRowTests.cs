using System.ComponentModel.DataAnnotations.Schema;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests.Tables;

public sealed class ObjectRowTests : IDisposable
{
    private readonly TablePredictor _model = TablePredictor.Open(TestTables.Model());

    public void Dispose() => _model.Dispose();

    private sealed record Person(int? Age, string? Colour, bool? Member, DateOnly? Since)
    {
        public string Unrelated => "";
    }

    private enum Paint
    {
        blue,
        red,
    }

    private sealed record Renamed(
        decimal AGE, [property: Column("colour")] Paint Coat, [property: Column("member")] string IsMember, [property: Column("since")] DateTimeOffset Joined, object? Since = null);

    private sealed record Misfit(DateTime Age, string Color, double Member, DateTime Since);

    [Fact]
    public void Properties_are_columns_by_name_whatever_the_case()
    {
        var people = _model.For<Person>();
        Expect(3 + 2 + 2 + 1, people.Predict(new Person(30, "red", true, new DateOnly(2001, 5, 6))));
        Expect(0, people.Predict(new Person(null, null, null, null)));
        var batch = people.Predict([new Person(10, "blue", false, null), new Person(40, "never seen", true, new DateOnly(2003, 1, 1))]);
        Expect(2, batch[0]);
        Expect(9, batch[1]);
    }

    [Fact]
    public void An_attribute_names_the_column_and_types_are_turned_into_what_it_takes() =>
        Expect(1.5 + 2 + 2 + 4, _model.For<Renamed>().Predict(new Renamed(15m, Paint.red, "yes", new DateTimeOffset(2004, 12, 31, 23, 0, 0, TimeSpan.FromHours(-8)))));

    [Fact]
    public void A_type_that_does_not_fit_is_refused_at_once_with_all_its_faults()
    {
        var message = Assert.Throws<RowException>(_model.For<Misfit>).Message;
        Assert.Equal(
            "Misfit cannot be a row of this model: 'Age' is a DateTime, but the column 'age' takes an integer, a float, double or decimal, or a string; "
            + "no property is named 'colour' or has [Column(\"colour\")]; 'Member' is a Double, but the column 'member' takes a bool or a string.", message);
    }

    [Fact]
    public void A_bad_value_is_an_error_with_its_row_and_property()
    {
        var renamed = _model.For<Renamed>();
        var good = new Renamed(1, Paint.blue, "no", DateTimeOffset.UnixEpoch);
        Assert.StartsWith("row 2 of 2: 'IsMember': 'perhaps' is no boolean", Assert.Throws<RowException>(() => renamed.Predict([good, good with { IsMember = "perhaps" }])).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => renamed.PredictValue(good));
    }

    [Fact]
    public async Task Values_are_predicted_too_and_without_waiting()
    {
        using var prices = TablePredictor.Open(TestTables.Model(regression: true));
        var people = prices.For<Person>();
        var person = new Person(30, "red", true, new DateOnly(2001, 5, 6));
        Assert.Equal(8, people.PredictValue(person), 1e-5);
        Assert.Equal([8f], await people.PredictValueAsync([person]));
        Assert.Throws<InvalidOperationException>(() => people.Predict(person));
        Expect(8, (await _model.For<Person>().PredictAsync([person]))[0]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => people.PredictValueAsync([person], new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Words_and_numbers_in_the_order_of_the_columns_are_rows_too()
    {
        Expect(8, _model.Predict(["30", "red", "yes", "2001-05-06"]));
        Expect(0, _model.Predict([null, "", "NA", null]));
        Expect(8, _model.Predict([30f, 1, 2001], ["red"]));
        using var prices = TablePredictor.Open(TestTables.Model(regression: true));
        Assert.Equal(8, prices.PredictValue(["30", "red", "yes", "2001-05-06"]), 1e-5);
        Assert.Equal(8, prices.PredictValue([30f, 1, 2001], ["red"]), 1e-5);
        Assert.Contains("4 columns (age, colour, member, since); 1 words", Assert.Throws<RowException>(() => _model.Predict(["30"])).Message, StringComparison.Ordinal);
        Assert.Contains("3 numbers and 1 categories", Assert.Throws<ArgumentException>(() => _model.Predict([30f, 1, 2001])).Message, StringComparison.Ordinal);
    }

    private static void Expect(double score, Prediction prediction) => Assert.Equal(TestTables.Yes(score), prediction.Probabilities[1], 1e-5);
}
