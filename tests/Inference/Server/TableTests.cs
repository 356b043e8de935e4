using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests;

/// <summary>Models of tables, served: "classes", "value", and "comma", whose numbers are written with a decimal comma.</summary>
public sealed class TableTests : IAsyncLifetime
{
    private const string Row = """{"age": 30, "colour": "red", "member": true, "since": "2001-05-06"}""";

    private readonly TempFolder _folder = new();
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        var comma = new TableFormat { Decimal = ",", Unused = ["id"] };
        (string Name, byte[] Model)[] models = [("classes", TestTables.Model(threshold: 0.9)), ("value", TestTables.Model(regression: true)), ("comma", TestTables.Model(regression: true, comma)), ("images", TestModels.Brightness())];
        foreach (var (name, model) in models) await File.WriteAllBytesAsync(_folder.File(name), model);
        _app = ServerApp.Build(new ServerOptions { Models = [.. models.Select(m => new ServedModelOptions(m.Name, _folder.File(m.Name)))] }, builder => builder.WebHost.UseTestServer());
        await _app.StartAsync();
        await _app.Services.GetRequiredService<ServedModels>().Ready;
        _client = _app.GetTestClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task One_row_is_answered_as_an_image_is()
    {
        var (status, body) = await PostAsync("classes", Row);
        Assert.Equal((200, "classes", "yes"), (status, body.GetProperty("model").GetString(), body.GetProperty("label").GetString()));
        Assert.Equal(TestTables.Yes(8), body.GetProperty("probability").GetDouble(), 1e-5);
        Assert.Equal(["no", "yes"], body.GetProperty("probabilities").EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task Rows_are_answered_in_order_and_the_threshold_decides()
    {
        var (status, body) = await PostAsync("classes", $$"""{"rows": [{{Row}}, {"age": "50", "colour": null, "member": "n", "since": null}, {"age": null, "colour": "", "member": "", "since": "?"}]}""");
        Assert.Equal(200, status);
        var rows = body.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(["yes", "no", "no"], rows.Select(r => r.GetProperty("label").GetString()));
        Assert.Equal(TestTables.Yes(5), rows[1].GetProperty("probabilities").GetProperty("yes").GetDouble(), 1e-5);
        Assert.Empty((await PostAsync("classes", """{"rows": []}""")).Body.GetProperty("rows").EnumerateArray());
    }

    [Fact]
    public async Task A_regression_answers_a_value_from_json_and_csv()
    {
        Assert.Equal(8, (await PostAsync("value", Row)).Body.GetProperty("value").GetSingle());
        var (status, body) = await PostAsync("value", "age;colour;member;since\n30;red;yes;2001-05-06\n;\"Größe, \"\"x\"\"\";;\n", "text/csv; charset=utf-8");
        Assert.Equal(200, status);
        Assert.Equal([8f, 3f], body.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("value").GetSingle()));
    }

    [Fact]
    public async Task A_number_in_json_is_a_number_whatever_mark_the_table_has()
    {
        const string rest = "\"colour\": null, \"member\": null, \"since\": null, \"id\": 7";
        Assert.Equal(0.25f, (await PostAsync("comma", $"{{\"age\": 2.5, {rest}}}")).Body.GetProperty("value").GetSingle());
        Assert.Equal(0.25f, (await PostAsync("comma", $"{{\"age\": \"2,5\", {rest}}}")).Body.GetProperty("value").GetSingle());
        Assert.Equal(400, (await PostAsync("comma", $"{{\"age\": \"2.5\", {rest}}}")).Status);
    }

    [Theory]
    [InlineData("{", "application/json", 400, "not JSON")]
    [InlineData("[1]", "application/json", 400, "must be a JSON object")]
    [InlineData("{\"rows\": [1]}", "application/json", 400, "Row 1 must be a JSON object of columns")]
    [InlineData("{\"age\": [1]}", "application/json", 400, "Array in the column 'age'")]
    [InlineData("{\"age\": 1, \"age\": 2}", "application/json", 400, "gives the column 'age' twice")]
    [InlineData("{\"age\": 1}", "application/json", 400, "the columns 'colour', 'member', 'since' are missing")]
    [InlineData("{\"rows\": [{\"age\": \"x\", \"colour\": \"\", \"member\": \"\", \"since\": \"\"}]}", "application/json", 400, "column 'age': 'x' is no number")]
    [InlineData("{\"age\": 1, \"colour\": \"a\\u0000\", \"member\": \"\", \"since\": \"\"}", "application/json", 400, "NUL")]
    [InlineData("{\"age\": \"\\ud800\"}", "application/json", 400, "not Unicode")]
    [InlineData("age,colour,member,since\n1,red,no,2000-01-01\nx,red,no,2000-01-01\n", "text/csv", 400, "the body: line 3, column 1 'age': 'x' is no number")]
    [InlineData("a,b\n1,2\n", "text/csv", 400, "there is no column 'a'")]
    [InlineData("", "text/csv", 400, "empty")]
    [InlineData("x", "image/png", 415, "takes rows of a table as application/json or text/csv")]
    public async Task What_is_no_row_is_the_client_s_error(string text, string type, int expected, string message)
    {
        var (status, body) = await PostAsync("classes", text, type);
        Assert.Equal(expected, status);
        Assert.Contains(message, body.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_and_tensors_share_a_run_and_many_rows_fill_their_own()
    {
        // The run begins when it is full: only if all three join is that before the test's patience ends.
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestTables.Model(regression: true)), options => options with { Batching = new() { MaxBatch = 4, MaxDelay = TimeSpan.FromSeconds(25) } });
        const string tensors = """{"inputs":[{"name":"age","datatype":"FP32","shape":[1,1],"data":[30]},{"name":"member","datatype":"FP32","shape":[1,1],"data":[1]},{"name":"since.year","datatype":"FP32","shape":[1,1],"data":[2001]},{"name":"colour","datatype":"BYTES","shape":[1,1],"data":["red"]}]}""";
        var together = await Task.WhenAll(
            SendAsync(served.Client, "/predict", Row, "application/json"),
            SendAsync(served.Client, "/predict", "age,colour,member,since\n10,blue,no,2000-01-01\n20,,yes,2003-01-01\n", "text/csv"),
            SendAsync(served.Client, "/v2/models/m/infer", tensors, "application/json")).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(8, together[0].Body.GetProperty("value").GetSingle());
        Assert.Equal([2f, 7f], together[1].Body.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("value").GetSingle()));
        Assert.Equal(8, together[2].Body.GetProperty("outputs")[0].GetProperty("data")[0].GetSingle());
        Assert.Equal((1, 4), await CountsAsync());

        var many = $"age,colour,member,since\n{string.Concat(Enumerable.Range(0, 2500).Select(i => $"{i},red,no,2000-01-01\n"))}";
        var rows = (await SendAsync(served.Client, "/predict", many, "text/csv")).Body.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("value").GetSingle());
        Assert.All(rows.Index(), row => Assert.Equal(row.Index / 10f + 2, row.Item, 1e-3));
        Assert.Equal((4, 2504), await CountsAsync());

        async Task<(int Runs, int Samples)> CountsAsync()
        {
            var stats = (await served.GetAsync("/v2/models/m/stats")).Body.GetProperty("model_stats")[0];
            return (stats.GetProperty("execution_count").GetInt32(), stats.GetProperty("inference_count").GetInt32());
        }
    }

    [Fact]
    public async Task Rows_for_an_image_model_are_refused()
    {
        Assert.Equal(415, (await PostAsync("images", Row)).Status);
        Assert.Equal(415, (await PostAsync("images", "a,b\n", "text/csv")).Status);
    }

    [Fact]
    public async Task The_page_learns_what_to_ask_for()
    {
        var table = await GetAsync("/predict/input?model=value");
        Assert.Equal(("table", "price"), (table.GetProperty("kind").GetString(), table.GetProperty("target").GetString()));
        Assert.Equal(["age Number", "colour Category", "member Boolean", "since Date"], table.GetProperty("columns").EnumerateArray().Select(c => $"{c.GetProperty("name")} {c.GetProperty("kind")}"));
        Assert.Equal("image", (await GetAsync("/predict/input?model=images")).GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Words_are_tensors_of_bytes()
    {
        var inputs = (await GetAsync("/v2/models/classes")).GetProperty("inputs").EnumerateArray().ToDictionary(i => i.GetProperty("name").GetString()!, i => $"{i.GetProperty("datatype")} {i.GetProperty("shape").GetRawText()}");
        Assert.Equal(("FP32 [-1,1]", "BYTES [-1,1]"), (inputs["age"], inputs["colour"]));

        static string Tensor(string name, string type, string data) => $$"""{"name": "{{name}}", "datatype": "{{type}}", "shape": [2, 1], "data": {{data}}}""";
        var request = $$"""{"inputs": [{{Tensor("age", "FP32", "[30, 10]")}}, {{Tensor("member", "FP32", "[1, 0]")}}, {{Tensor("since.year", "FP32", "[2001, 2000]")}}, {{Tensor("colour", "BYTES", "[[\"red\"], [\"never seen\"]]")}}]}""";
        var (status, body) = await SendAsync("/v2/models/classes/infer", request, "application/json");
        Assert.Equal(200, status);
        var data = body.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(v => v.GetDouble()).ToArray();
        Assert.Equal(TestTables.Yes(8), data[1], 1e-5);
        Assert.Equal(TestTables.Yes(1), data[3], 1e-5);
    }

    private Task<(int Status, JsonElement Body)> PostAsync(string model, string text, string type = "application/json") => SendAsync($"/predict?model={model}", text, type);

    private Task<(int Status, JsonElement Body)> SendAsync(string path, string text, string type) => SendAsync(_client, path, text, type);

    private static async Task<(int Status, JsonElement Body)> SendAsync(HttpClient client, string path, string text, string type)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await client.PostAsync(path, content);
        return ((int)response.StatusCode, JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsByteArrayAsync()));
    }

    private async Task<JsonElement> GetAsync(string path) => JsonSerializer.Deserialize<JsonElement>(await _client.GetByteArrayAsync(path));
}
