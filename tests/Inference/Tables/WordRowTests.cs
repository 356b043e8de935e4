using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests.Tables;

public sealed class WordRowTests : IDisposable
{
    private readonly TablePredictor _model = TablePredictor.Open(TestTables.Model());

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData("30", "red", "yes", "2001-05-06", 3 + 2 + 2 + 1)]
    [InlineData(" 30 ", " red ", "TRUE", "2001-05-06T07:08", 8)]
    [InlineData("-1.5e1", "blue", "0", "1999-12-31", -1.5 + 1 - 1)]
    [InlineData("0", "Größe, \"x\"", "f", "2000-01-01", 3)]
    [InlineData("10", "never seen", "n", "2000-02-29", 1)]
    [InlineData("10", "Red", "n", "2000-02-29", 1)]
    public void Words_are_read_as_training_reads_them(string age, string colour, string member, string since, double score)
    {
        var prediction = _model.Predict(Row(age, colour, member, since));
        Assert.Equal(TestTables.Yes(score), prediction.Probabilities[1], 1e-5);
        Assert.Equal(score >= 4 ? "yes" : "no", prediction.Top.Label);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("NA")]
    [InlineData("?")]
    public void A_missing_value_is_none_in_every_kind_of_column(string? word) =>
        Assert.Equal(TestTables.Yes(0), _model.Predict(Row(word, word, word, word)).Probabilities[1], 1e-6);

    [Theory]
    [InlineData("age", "old", "column 'age': 'old' is no number; expected one within the range of 32-bit floats, with '.' before decimals. A missing value is an empty field, '?', 'NA'")]
    [InlineData("age", "1,5", "'1,5' is no number")]
    [InlineData("age", "1e39", "'1e39' is no number")]
    [InlineData("member", "perhaps", "column 'member': 'perhaps' is no boolean; expected true or false")]
    [InlineData("since", "31.12.2020", "column 'since': '31.12.2020' is no date; expected ISO 8601")]
    [InlineData("since", "2021-02-29", "is no date")]
    [InlineData("colour", "re\0d", "column 'colour': there is a NUL character")]
    public void A_bad_word_is_an_error_with_its_column(string column, string word, string expected)
    {
        var row = Row("1", "red", "yes", "2001-01-01");
        row[column] = word;
        Assert.Contains(expected, Assert.Throws<RowException>(() => _model.Predict(row)).Message, StringComparison.Ordinal);
        Assert.StartsWith("row 2 of 2: ", Assert.Throws<RowException>(() => _model.Predict([Row("1", "red", "yes", "2001-01-01"), row])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_and_unknown_columns_are_named_with_the_valid_ones()
    {
        var row = Row("1", "red", "yes", "2001-01-01");
        row.Remove("colour");
        row["color"] = "red";
        var message = Assert.Throws<RowException>(() => _model.Predict(row)).Message;
        Assert.Equal("the column 'colour' is missing; there is no column 'color' (did you mean 'colour'?). Expected the columns 'age', 'colour', 'member', 'since'.", message);
    }

    [Fact]
    public void Columns_that_training_left_out_may_be_there()
    {
        using var model = TablePredictor.Open(TestTables.Model(format: new TableFormat { Unused = ["id", "y"] }));
        var row = Row("30", "red", "yes", "2001-05-06");
        var plain = model.Predict(row).Probabilities[1];
        row["id"] = row["y"] = "whatever";
        Assert.Equal(plain, model.Predict(row).Probabilities[1]);
        row["z"] = "1";
        Assert.Contains("no column 'z'", Assert.Throws<RowException>(() => model.Predict(row)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Marks_and_missing_words_are_those_of_training()
    {
        using var model = TablePredictor.Open(TestTables.Model(regression: true, new TableFormat { Decimal = ",", Thousands = ".", Missing = ["-"] }));
        Assert.Equal(123.45, model.PredictValue(Row("1.234,5", "-", "-", "-")), 1e-3);
        Assert.Contains("'1.5' is no number", Assert.Throws<RowException>(() => model.PredictValue(Row("1.5", "-", "-", "-"))).Message, StringComparison.Ordinal);
        Assert.Contains("A missing value is '-'.", Assert.Throws<RowException>(() => model.PredictValue(Row("", "-", "-", "-"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifier_predicts_no_value_and_a_regression_no_class()
    {
        using var regression = TablePredictor.Open(TestTables.Model(regression: true));
        var row = Row("30", "red", "yes", "2001-05-06");
        Assert.Equal([8f, 5f], regression.PredictValue([row, Row("0", "red", "yes", "2001-05-06")]));
        Assert.Contains("call PredictValue", Assert.Throws<InvalidOperationException>(() => regression.Predict(row)).Message, StringComparison.Ordinal);
        Assert.Contains("call Predict.", Assert.Throws<InvalidOperationException>(() => _model.PredictValue(row)).Message, StringComparison.Ordinal);
        Assert.Empty(_model.Predict(Array.Empty<IReadOnlyDictionary<string, string?>>()));
    }

    [Fact]
    public void A_threshold_decides_and_comes_first_in_the_ranking()
    {
        using var model = TablePredictor.Open(TestTables.Model(threshold: 0.1));
        var prediction = model.Predict(Row("20", "blue", "no", "2000-01-01"));
        Assert.Equal("yes", prediction.Top.Label);
        Assert.InRange(prediction.Top.Probability, 0.1f, 0.4f);
        Assert.Equal(["yes", "no"], prediction.Ranked(2).Select(c => c.Label));
        Assert.Equal(["no", "yes"], prediction.Best(2).Select(c => c.Label));
    }

    private static Dictionary<string, string?> Row(string? age, string? colour, string? member, string? since) =>
        new() { ["age"] = age, ["colour"] = colour, ["member"] = member, ["since"] = since };
}
