export const version = '5.3.0'
export const install = { pip: ['Flask-AppBuilder==5.3.0', 'Authlib==1.9.10', 'requests==2.33.0'] }
export async function drive(site) {
  site.paste('config.py', (text) => `${text}
SECRET_KEY = "only for this run"
SQLALCHEMY_DATABASE_URI = "sqlite:///app.db"
WTF_CSRF_ENABLED = True
`)
  site.write('app.py', `from flask import Flask, g, jsonify
from flask_appbuilder import AppBuilder
from flask_appbuilder.utils.legacy import get_sqla_class
app = Flask(__name__)
app.config.from_object("config")
db = get_sqla_class()(app)
with app.app_context():
    appbuilder = AppBuilder(app, db.session)
@app.route("/who")
def who():
    return jsonify(email=getattr(g.user, "email", ""))
`)
  await site.startsPython('-m', 'flask', '--app', 'app', 'run', '--port', String(site.port))
  await site.person.goes(`${site.url}/login/passport`)
  await site.person.signsIn('maria@example.test', 'correct horse battery staple')
  await site.seesAtSite('sign-in', /maria@example.test/, '/who')
}
