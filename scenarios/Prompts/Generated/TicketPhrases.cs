namespace ChaosBench.Scenarios.Prompts.Generated;

/// <summary>
/// Sentences of tickets by language. Places: {0} first name, {1} order number, {2} product, {3} date, {4} amount. A locale without
/// phrases of its own gets English ones around its own names and products.
/// </summary>
internal sealed record TicketPhrases(params TicketPhrases.Intent[] Intents)
{
    internal sealed record Intent(string Name, params string[] Texts);

    public static TicketPhrases For(string locale) =>
        ByLanguage.GetValueOrDefault(locale.Split('_')[0], ByLanguage["en"]);

    private static readonly Dictionary<string, TicketPhrases> ByLanguage = new(StringComparer.Ordinal)
    {
        ["en"] = new(
            new("billing", "Hi, I was charged {4} twice for order {1} on {3}. Please refund one of them. {0}", "Why is my invoice for order {1} {4} higher than agreed? Regards, {0}"),
            new("shipping", "Where is my {2}? Order {1} was promised for {3}.", "Order {1} arrived without the {2}. Please send it. {0}"),
            new("technical", "My {2} stopped working on {3}. It shows an error and restarts. {0}", "The app crashes when I open order {1}. What can I do?"),
            new("account", "I cannot log in since {3}. Please reset my password. {0}", "Please close my account and delete my data. {0}")),
        ["de"] = new(
            new("billing", "Guten Tag, mir wurden am {3} für Bestellung {1} zweimal {4} abgebucht. Bitte erstatten Sie einen Betrag. {0}", "Warum ist die Rechnung zu Bestellung {1} um {4} höher als vereinbart? Grüße, {0}"),
            new("shipping", "Wo bleibt mein Artikel {2}? Bestellung {1} war für den {3} zugesagt.", "In der Lieferung {1} fehlte: {2}. Bitte schicken Sie es nach. {0}"),
            new("technical", "{2} funktioniert seit dem {3} nicht mehr, es kommt nur eine Fehlermeldung. {0}", "Die App stürzt ab, wenn ich Bestellung {1} öffne. Was kann ich tun?"),
            new("account", "Ich kann mich seit dem {3} nicht mehr anmelden. Bitte setzen Sie mein Passwort zurück. {0}", "Bitte löschen Sie mein Konto und meine Daten. {0}")),
        ["fr"] = new(
            new("billing", "Bonjour, j'ai été débité deux fois de {4} le {3} pour la commande {1}. Merci de me rembourser. {0}", "Pourquoi la facture de la commande {1} dépasse-t-elle de {4} le prix convenu ? {0}"),
            new("shipping", "Où est mon article {2} ? La commande {1} était promise pour le {3}.", "Il manque {2} dans la commande {1}. Merci de l'envoyer. {0}"),
            new("technical", "{2} ne marche plus depuis le {3}, un message d'erreur s'affiche. {0}", "L'application plante quand j'ouvre la commande {1}. Que faire ?"),
            new("account", "Je ne peux plus me connecter depuis le {3}. Merci de réinitialiser mon mot de passe. {0}", "Veuillez fermer mon compte et effacer mes données. {0}")),
        ["es"] = new(
            new("billing", "Hola, el {3} me cobraron dos veces {4} por el pedido {1}. Por favor, devuélvanme uno. {0}", "¿Por qué la factura del pedido {1} es {4} más alta de lo acordado? {0}"),
            new("shipping", "¿Dónde está mi {2}? El pedido {1} estaba prometido para el {3}.", "En el pedido {1} falta: {2}. Por favor, envíenlo. {0}"),
            new("technical", "{2} dejó de funcionar el {3} y muestra un error. {0}", "La aplicación se cierra cuando abro el pedido {1}. ¿Qué puedo hacer?"),
            new("account", "No puedo iniciar sesión desde el {3}. Por favor, restablezcan mi contraseña. {0}", "Por favor, cierren mi cuenta y borren mis datos. {0}")),
        ["ja"] = new(
            new("billing", "{0}です。注文{1}の代金{4}が{3}に二重に請求されました。返金をお願いします。", "注文{1}の請求額が約束より{4}高いのはなぜですか。"),
            new("shipping", "注文{1}の{2}がまだ届きません。{3}に届く予定でした。", "注文{1}に{2}が入っていませんでした。送ってください。{0}"),
            new("technical", "{3}から{2}が動きません。エラーが表示されます。{0}", "注文{1}を開くとアプリが落ちます。どうすればよいですか。"),
            new("account", "{3}からログインできません。パスワードを再設定してください。{0}", "アカウントを閉じて、データを削除してください。{0}")),
        ["ar"] = new(
            new("billing", "مرحبا، تم خصم {4} مرتين للطلب {1} بتاريخ {3}. أرجو إعادة المبلغ. {0}"),
            new("shipping", "أين {2}؟ كان من المقرر وصول الطلب {1} في {3}. {0}"),
            new("technical", "توقف {2} عن العمل منذ {3} وتظهر رسالة خطأ. {0}"),
            new("account", "لا أستطيع تسجيل الدخول منذ {3}. أرجو إعادة تعيين كلمة المرور. {0}")),
        ["zh"] = new(
            new("billing", "您好，订单{1}在{3}被重复扣款{4}，请退款。{0}"),
            new("shipping", "我的{2}在哪里？订单{1}原定{3}送达。{0}"),
            new("technical", "{2}从{3}起无法使用，一直报错。{0}"),
            new("account", "我从{3}起无法登录，请重置密码。{0}")),
    };
}
