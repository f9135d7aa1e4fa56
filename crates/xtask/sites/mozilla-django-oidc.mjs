export const version = '5.0.2'
export const install = { pip: ['mozilla-django-oidc==5.0.2', 'django==5.2.9', 'requests==2.33.0'] }

export async function drive(site) {
  site.python('-m', 'django', 'startproject', 'shop', '.')
  site.append('shop/settings.py', site.added.configuration.text)
  site.write('shop/urls.py', `
from django.http import JsonResponse
from django.urls import include, path
def home(request):
    return JsonResponse({"email": getattr(request.user, "email", "")})
urlpatterns = [path("oidc/", include("mozilla_django_oidc.urls")), path("", home)]
`)
  site.python('manage.py', 'migrate')
  await site.startsPython('manage.py', 'runserver', '--noreload', `127.0.0.1:${site.port}`)
  await site.signsIn('/oidc/authenticate/')
}
