export const version = '2.12.0'
export const install = { pip: ['chainlit==2.12.0'] }
export async function drive(site) {
  site.paste('.env')
  site.write('app.py', `import chainlit as cl
@cl.oauth_callback
def came(provider_id, token, raw_user_data, default_user):
    return default_user
@cl.on_chat_start
async def greet():
    await cl.Message(content="came: " + cl.user_session.get("user").identifier).send()
`)
  await site.startsPython('-m', 'chainlit', 'run', 'app.py', '--headless', '--host', '127.0.0.1', '--port', String(site.port))
  await site.signsIn('/auth/oauth/passport', { shows: 'came: [0-9a-f-]{8}' })
}
