using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace Genuine;

/// <summary>Takes the token <c>probe.NAME</c> from the Authorization header or from the query.</summary>
public sealed class ProbeAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "probe";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var authorization = (string?)Request.Headers.Authorization;
        var token = authorization is null
            ? (string?)Request.Query["access_token"]
            : authorization.StartsWith("Bearer ") ? authorization["Bearer ".Length..] : null;
        if (token is null || !token.StartsWith("probe.")) return Task.FromResult(AuthenticateResult.NoResult());
        var claim = new Claim(ClaimTypes.NameIdentifier, token["probe.".Length..]);
        var user = new ClaimsPrincipal(new ClaimsIdentity([claim], Name));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(user, Name)));
    }
}

/// <summary>The <c>user</c> in the query of the hub URL, else the authenticated name.</summary>
public sealed class ProbeUserId : IUserIdProvider
{
    public string? GetUserId(HubConnectionContext connection) =>
        (string?)connection.GetHttpContext()?.Request.Query["user"]
        ?? connection.User.FindFirstValue(ClaimTypes.NameIdentifier);
}
