namespace Unreel.Serve.Api;

/// <summary>The registry for programs, under <c>/api/v1</c>: the same that the pages show, and writing with a management key.</summary>
internal static class ApiRoutes
{
    /// <summary>Where it begins.</summary>
    public const string Root = "/api/v1";

    private static readonly string[] GetOrHead = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Adds the routes.</summary>
    public static void Map(WebApplication app)
    {
        RouteGroupBuilder group = app.MapGroup(Root).WithTags("registry").AddEndpointFilter<ManagementGuard>();
        MapArtifacts(group);
        MapTags(group);
        MapUploads(group);
        MapRuns(group);
    }

    private static void MapArtifacts(RouteGroupBuilder group)
    {
        group.MapGet("/artifacts", ArtifactApi.ListAsync).WithName("artifacts").Produces<ArtifactList>();
        group.MapGet("/artifacts/{kind}/{name}/{which}", ArtifactApi.ShowAsync).WithName("artifact").Produces<ArtifactDocument>();
        group.MapGet("/artifacts/{kind}/{name}/{which}/lineage", ArtifactApi.LineageAsync).WithName("lineage").Produces<LineageDocument>();
        group.MapMethods("/artifacts/{kind}/{name}/{which}/files/{**title}", GetOrHead, (HttpContext context, string kind, string name, string which, string title) => Registry.BlobDownload.SendAsync(context, kind, name, which, title)).WithName("file");
        group.MapDelete("/artifacts/{kind}/{name}/{which}", ArtifactApi.DeleteAsync).WithName("deleteArtifact");
    }

    private static void MapTags(RouteGroupBuilder group)
    {
        group.MapGet("/tags", TagApi.ListAsync).WithName("tags").Produces<TagList>();
        group.MapGet("/tags/{kind}/{name}/{tag}", TagApi.ShowAsync).WithName("tag").Produces<TagDocument>();
        group.MapPut("/tags/{kind}/{name}/{tag}", TagApi.PutAsync).WithName("putTag").Produces<TagDocument>();
        group.MapDelete("/tags/{kind}/{name}/{tag}", TagApi.DeleteAsync).WithName("deleteTag");
    }

    private static void MapUploads(RouteGroupBuilder group)
    {
        group.MapPost("/blobs", BlobApi.PostAsync).WithName("postBlob").Produces<BlobDocument>();
        group.MapPut("/blobs/{digest}", BlobApi.PutAsync).WithName("putBlob").Produces<BlobDocument>();
        group.MapPost("/artifacts", PublishApi.PublishAsync).WithName("publish").Produces<ArtifactDocument>(StatusCodes.Status201Created);
    }

    private static void MapRuns(RouteGroupBuilder group)
    {
        group.MapGet("/runs", RunApi.ListAsync).WithName("runs").Produces<RunList>();
        group.MapGet("/runs/{digest}", RunApi.ShowAsync).WithName("run").Produces<RunDocument>();
        group.MapMethods("/runs/{digest}/logs/{**title}", GetOrHead, RunApi.LogAsync).WithName("runLog");
    }
}
