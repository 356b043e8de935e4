using Microsoft.Playwright;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests.Page;

/// <summary>What everyone needs to use the page: names of controls, contrast, room on a phone, rest where rest is asked for.</summary>
[Collection(PageFixture.Name)]
public sealed class AccessTests(PageFixture fixture)
{
    private const int Phone = 360;

    /// <summary>Texts whose contrast to what is behind them is below 4.5, or 3 for large ones. Source: WCAG 2.2, 1.4.3.</summary>
    private const string Faint = """
        () => {
          const parse = text => (text.match(/[\d.]+/g) ?? []).map(Number);
          const channel = value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
          const luminance = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
          const behind = element => {
            for (let at = element; at; at = at.parentElement) {
              const color = parse(getComputedStyle(at).backgroundColor);
              if (color.length === 3 || color[3] > 0) return color;
            }
            return [255, 255, 255];
          };
          const own = element => [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== "");
          return [...document.querySelectorAll("body *")].filter(e => own(e) && e.checkVisibility() && !e.closest("#pad, .unseen, :disabled, option")).flatMap(element => {
            const style = getComputedStyle(element);
            const [a, b] = [luminance(parse(style.color)), luminance(behind(element))].sort((x, y) => y - x);
            const ratio = (a + 0.05) / (b + 0.05);
            const least = parseFloat(style.fontSize) >= 24 || parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700 ? 3 : 4.5;
            return ratio < least ? [`${element.tagName} "${element.textContent.trim()}" ${ratio.toFixed(2)}`] : [];
          });
        }
        """;

    /// <summary>What a screen reader could not name, or a page that is well formed would not have.</summary>
    private const string Nameless = """
        () => {
          const wrong = [];
          const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
          wrong.push(...ids.filter((id, i) => ids.indexOf(id) !== i).map(id => `two elements are #${id}`));
          for (const control of document.querySelectorAll("input, select, button, canvas")) {
            const name = control.getAttribute("aria-label") ?? [...control.labels ?? []].map(l => l.textContent).join("") + (control.tagName === "BUTTON" ? control.textContent : "");
            if (name.trim() === "") wrong.push(`${control.tagName}#${control.id} has no name`);
          }
          for (const image of document.images) if (!image.hasAttribute("alt")) wrong.push("an image has no alt");
          for (const part of document.querySelectorAll("[aria-labelledby], [aria-describedby]")) {
            for (const id of [part.getAttribute("aria-labelledby"), part.getAttribute("aria-describedby")]) if (id && !ids.includes(id)) wrong.push(`#${id} is not there`);
          }
          for (const [name, count] of [["main", 1], ["h1", 1], ["header", 1]]) if (document.querySelectorAll(name).length !== count) wrong.push(`not one ${name}`);
          if (document.documentElement.lang === "" || document.title === "") wrong.push("no language or title");
          if ([...document.querySelectorAll("[tabindex]")].some(e => e.tabIndex > 0)) wrong.push("the order of focus is not that of the page");
          return wrong;
        }
        """;

    [PageFact]
    public async Task Every_control_has_a_name()
    {
        foreach (var model in (string[])["digits", "rows", "tensors"])
        {
            await using var page = await fixture.OpenAsync($"/?model={model}");
            await page.ExpectVisibleAsync("#card");
            Assert.Empty(await page.Page.EvaluateAsync<string[]>(Nameless));
        }
    }

    [PageFact]
    public async Task Texts_stand_out_by_day_and_by_night()
    {
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await using var page = await fixture.OpenAsync(context: new() { ColorScheme = scheme }, complaint: "400");
            await AnswerAllAsync(page);
            Assert.Empty(await page.Page.EvaluateAsync<string[]>(Faint));
        }
    }

    [PageFact]
    public async Task Nothing_scrolls_sideways_on_a_phone()
    {
        await using var page = await fixture.OpenAsync(context: new() { ViewportSize = new() { Width = Phone, Height = 740 } }, complaint: "400");
        await AnswerAllAsync(page);
        Assert.Equal(Phone, await page.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        await page["#model"].SelectOptionAsync("rows");
        await page.ExpectVisibleAsync("#row");
        Assert.Equal(Phone, await page.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
    }

    [PageFact]
    public async Task Nothing_moves_where_motion_is_unwanted()
    {
        await using var page = await fixture.OpenAsync(context: new() { ReducedMotion = ReducedMotion.Reduce });
        await page.ExpectVisibleAsync("#pad");
        await page.DrawAsync(1);
        await page.ExpectVisibleAsync("#bars");
        Assert.Equal("0s", await page["#bars .fill"].First.EvaluateAsync<string>("e => getComputedStyle(e).transitionDuration"));
    }

    /// <summary>Brings all parts of the page of images to light: an answer, and tiles of which one has an error.</summary>
    private static async Task AnswerAllAsync(OpenedPage page)
    {
        await page.ExpectVisibleAsync("#pad");
        await page.DrawAsync(2);
        await page.ExpectVisibleAsync("#bars");
        await page.ChooseAsync(("a-long-name-of-a-file-that-does-not-fit.png", TestModels.UniformPng(0)), ("b.png", [1, 2, 3]));
        await page.ExpectTextAsync("#batch-status", "1 of 2 images answered.");
    }
}
