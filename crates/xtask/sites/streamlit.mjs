export const version = '1.67.0'
export const install = { pip: ['streamlit==1.67.0', 'Authlib==1.9.10', 'httpx==0.28.1'] }
export async function drive(site) {
  site.paste('.streamlit/secrets.toml')
  site.write('app.py', `import streamlit as st
if not st.user.is_logged_in:
    st.button("in", on_click=st.login)
else:
    st.write(st.user.name, st.user.email)
    st.button("out", on_click=st.logout)
`)
  await site.startsPython('-m', 'streamlit', 'run', 'app.py', '--server.headless=true', '--server.address=127.0.0.1',
    `--server.port=${site.port}`, '--browser.gatherUsageStats=false')
  await site.signsIn('/', { press: 'div.stButton button' })
}
