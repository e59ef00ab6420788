using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Unreel.Serve.Tests.Registry;

/// <summary>The registry in a browser: without scripts, by keyboard, on a small screen, by night.</summary>
public sealed class BrowserTests(Chromium browser) : IClassFixture<Chromium>
{
    [ChromiumFact]
    public async Task Artifacts_are_found_and_compared_by_form_and_link_alone()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        List<string> complaints = [];
        IPage page = await browser.OpenAsync(new Uri(host.Address, "/registry"), complaints);
        Assert.Equal(0, await page.Locator("script").CountAsync());

        await page.GetByLabel("Search", new() { Exact = true }).FillAsync("walker");
        await page.GetByLabel("Search", new() { Exact = true }).PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("2 artifacts");
        foreach (ILocator box in await page.GetByRole(AriaRole.Checkbox).AllAsync())
            await box.CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare the two" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Compare" })).ToBeVisibleAsync();
        await Expect(page.Locator("tr.differs").First).ToContainTextAsync("≠");
        await page.GetByRole(AriaRole.Link, new() { Name = "weights/walker" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "weights/walker" })).ToBeVisibleAsync();
        await Expect(page.Locator("svg.chart .curve").First).ToBeVisibleAsync();
        await page.Locator(".lineage a").First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).Not.ToContainTextAsync("walker");
        Assert.Empty(complaints);
    }

    [ChromiumFact]
    public async Task A_clip_plays_and_can_be_sought()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        List<string> complaints = [];
        IPage page = await browser.OpenAsync(new Uri(host.Address, $"/registry/clips/drawn/{filled.Clips.Digest}"), complaints);
        ILocator film = page.GetByLabel("preview.mp4");

        await film.EvaluateAsync("film => film.play()");
        await UntilAsync(film, "film => film.currentTime > 0 && film.videoWidth > 0");
        await film.EvaluateAsync("film => { film.pause(); film.currentTime = film.duration / 2; }");
        await UntilAsync(film, "film => !film.seeking && Math.abs(film.currentTime - film.duration / 2) < .1 && film.readyState >= 2");
        Assert.Empty(complaints);
    }

    [ChromiumFact]
    public async Task The_content_is_one_key_away_and_what_has_the_focus_is_seen()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        IPage page = await browser.OpenAsync(new Uri(host.Address, "/registry/weights/walker/latest"));

        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByText("Skip to the content")).ToBeInViewportAsync();
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal("main", await page.EvaluateAsync<string>("document.activeElement.id"));
        await page.Keyboard.PressAsync("Tab");
        Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
    }

    [ChromiumFact]
    public async Task A_small_screen_scrolls_tables_and_not_the_page_and_breaks_no_word()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        IPage page = await browser.OpenAsync(new Uri(host.Address, "/registry"));
        await page.SetViewportSizeAsync(360, 740);

        foreach (string path in (string[])["/registry", "/registry/weights/walker/latest", $"/registry/clips/drawn/{filled.Clips.Digest}", "/registry/runs", $"/registry/runs/{filled.Run}", "/registry/compare?a=weights/walker:latest&b=weights/walker:latest"])
        {
            await page.GotoAsync(new Uri(host.Address, path).ToString());
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{path} is wider than the screen.");
            Assert.Equal(0, await page.EvaluateAsync<int>("[...document.querySelectorAll('td, th')].filter(cell => getComputedStyle(cell).overflowWrap === 'anywhere' || getComputedStyle(cell).wordBreak === 'break-all').length"));
        }
    }

    [ChromiumFact]
    public async Task By_night_letters_are_light_on_dark()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        IPage page = await browser.OpenAsync(new Uri(host.Address, "/registry"));
        async Task<(int Page, int Link)> LightAsync(ColorScheme scheme)
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            int Sum(string colour) => colour.Split('(', ',', ')').Where(part => int.TryParse(part, out _)).Take(3).Sum(int.Parse);
            return (Sum(await page.EvaluateAsync<string>("getComputedStyle(document.body).color")), Sum(await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('main a')).color")));
        }

        (int Page, int Link) day = await LightAsync(ColorScheme.Light), night = await LightAsync(ColorScheme.Dark);

        Assert.True(day.Page < 200 && night.Page > 550, $"{day} {night}");
        Assert.True(day.Link < 350 && night.Link > 450, $"{day} {night}");
    }

    private static Task<TestHost> HostAsync(RegistryStore filled) => TestHost.StartAsync(store: filled.Store, load: _ => new FakeClassifier(1f));

    private static async Task UntilAsync(ILocator element, string condition)
    {
        using CancellationTokenSource tooLong = new(TimeSpan.FromSeconds(60));
        while (!await element.EvaluateAsync<bool>(condition))
            await Task.Delay(20, tooLong.Token);
    }
}
