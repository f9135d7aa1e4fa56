sites-heading = Sites participantes
sites-lead = Sites em que você pode entrar com o seu Passport. Escolha um para começar.
sites-none = Nenhum site está listado aqui no momento.
home-sites = Veja onde usar o seu Passport:
