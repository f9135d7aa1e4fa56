export const version = '65.22.1'
export const install = { pip: ['django-allauth[socialaccount,openid]==65.22.1', 'django==5.2.9'] }

export async function drive(site) {
  site.python('-m', 'django', 'startproject', 'shop', '.')
  site.append('shop/settings.py', site.added.configuration.text)
  site.append('shop/settings.py', 'LOGIN_REDIRECT_URL = "/"\nSOCIALACCOUNT_LOGIN_ON_GET = True')
  site.write('shop/urls.py', `
from django.http import JsonResponse
from django.urls import include, path
def home(request):
    return JsonResponse({"email": getattr(request.user, "email", "")})
urlpatterns = [path("accounts/", include("allauth.urls")), path("", home)]
`)
  site.python('manage.py', 'migrate')
  await site.startsPython('manage.py', 'runserver', '--noreload', `127.0.0.1:${site.port}`)
  await site.signsIn('/accounts/oidc/passport/login/')
}
