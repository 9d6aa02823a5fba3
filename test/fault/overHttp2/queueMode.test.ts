import '../../support/overHttp2';
import '../queueMode.test';
