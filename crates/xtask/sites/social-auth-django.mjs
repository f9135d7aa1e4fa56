export const version = 'social-core 7.0.0'
export const install = { pip: ['social-auth-core==7.0.0', 'social-auth-app-django', 'django==5.2.9'] }

export async function drive(site) {
  site.python('-m', 'django', 'startproject', 'shop', '.')
  site.append('shop/settings.py', site.added.configuration.text)
  site.append('shop/settings.py', 'LOGIN_REDIRECT_URL = "/"')
  site.write('shop/urls.py', `
from django.http import HttpResponse, JsonResponse
from django.urls import include, path
def begin(request):
    from django.middleware.csrf import get_token
    return HttpResponse(f'<form method="post" action="/login/oidc/"><input type="hidden" name="csrfmiddlewaretoken" value="{get_token(request)}"><button id="in">in</button></form>')
def home(request):
    return JsonResponse({"email": getattr(request.user, "email", "")})
def renew(request):
    from social_django.utils import load_strategy
    social = request.user.social_auth.get(provider="oidc")
    social.refresh_token(load_strategy())
    return JsonResponse({"renewed": bool(social.extra_data.get("access_token"))})
urlpatterns = [path("", include("social_django.urls")), path("begin", begin), path("renew", renew), path("", home)]
`)
  site.python('manage.py', 'migrate')
  await site.startsPython('manage.py', 'runserver', '--noreload', `127.0.0.1:${site.port}`)
  await site.signsIn('/begin', { press: '#in' })
  await site.seesAtSite('refresh', /"renewed": ?true/, '/renew')
}
